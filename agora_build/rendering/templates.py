"""Turns a theme's templates into compiled ones, in one language, and notes which of them, and which messages, are used.

The words of a template are put in when it is compiled; compiled templates can be kept from one build to the next.
"""

from __future__ import annotations

import gettext
import hashlib
import marshal
import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from keyword import iskeyword
from pathlib import Path
from typing import Any

import jinja2
from jinja2 import nodes
from jinja2.bccache import Bucket
from jinja2.compiler import CodeGenerator, Frame
from jinja2.environment import TemplateModule
from jinja2.filters import do_replace
from jinja2.visitor import NodeTransformer
from markupsafe import Markup, escape

_WORDS = ("_", "gettext", "N_", "ngettext")
_OF_EACH_FORM = (0, 1, 2, 3, 11, 100)  # Arabic has six forms; other languages here have some of them
Known = Callable[[bytes], bytes | None]


class Compiled(jinja2.BytecodeCache):
    """Gives back templates that an earlier build compiled, from `known`; gathers in `new` those this one compiles."""

    def __init__(self, known: Known, salt: str) -> None:
        """Take where to look, and a hash of the translations that are compiled in."""
        self._known, self._salt = known, salt
        self.new: dict[bytes, bytes] = {}
        self.messages: dict[str, tuple[str, ...]] = {}

    def get_cache_key(self, name: str, filename: str | None = None) -> str:
        """Name a template by its name in the theme and the file that provides it."""
        return f"{name}\n{filename}"

    def load_bytecode(self, bucket: Bucket) -> None:
        """Look for a template compiled from the same source, with the same words."""
        blob = self._known(self._key(bucket))
        if blob:
            self.messages[bucket.key.partition("\n")[0]], code = marshal.loads(blob)  # noqa: S302 - our own file
            bucket.bytecode_from_string(code)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep a template that was compiled."""
        messages = self.messages.get(bucket.key.partition("\n")[0], ())
        self.new[self._key(bucket)] = marshal.dumps((messages, bucket.bytecode_to_string()))

    def _key(self, bucket: Bucket) -> bytes:
        said = f"{jinja2.__version__}\n{bucket.key}\n{bucket.checksum}\n{self._salt}"
        return hashlib.blake2b(said.encode(), digest_size=16).digest()


class _Code(CodeGenerator):
    """Writes the code of templates: functions are called directly, and one call makes of a value what a page says.

    Jinja asks at each call whether the function wants to know of the context: none of ours does, and macros do without.
    """

    def visit_Call(self, node: nodes.Call, frame: Frame, forward_caller: bool = False) -> None:  # noqa: FBT001, FBT002, N802
        """Write a call."""
        if forward_caller or node.dyn_args or node.dyn_kwargs or any(iskeyword(item.key) for item in node.kwargs):
            super().visit_Call(node, frame, forward_caller=forward_caller)
            return
        self.visit(node.node, frame)
        self.write("(")
        for arg in node.args:
            self.visit(arg, frame)
            self.write(", ")
        for item in node.kwargs:
            self.write(f"{item.key}=")
            self.visit(item.value, frame)
            self.write(", ")
        self.write(")")

    def _output_child_pre(self, node: nodes.Expr, frame: Frame, finalize: Any) -> None:  # noqa: ANN401 - as Jinja's
        if frame.eval_ctx.autoescape and not frame.eval_ctx.volatile:
            self.write("environment.said(")
        else:
            super()._output_child_pre(node, frame, finalize)

    def _output_child_post(self, node: nodes.Expr, frame: Frame, finalize: Any) -> None:  # noqa: ANN401 - as Jinja's
        if frame.eval_ctx.autoescape and not frame.eval_ctx.volatile:
            self.write(")")
        else:
            super()._output_child_post(node, frame, finalize)


class _Template(jinja2.Template):
    """A template that remembers what its macros used as they were made, which is once for all the pages."""

    _asked: frozenset[str]

    def _get_default_module(self, ctx: Any = None) -> TemplateModule:  # noqa: ANN401, ARG002 - as Jinja's
        templates: Any = self.environment
        if self._module is None:
            before, templates.used = templates.used, set()
            self._module = self.make_module()
            self._asked, templates.used = frozenset(templates.used), before
        templates.used |= self._asked
        return self._module


class Templates(jinja2.Environment):
    """The templates of a theme, earlier folders first; `used` is what was used since somebody emptied it."""

    code_generator_class = _Code
    template_class = _Template

    def __init__(
        self,
        folders: tuple[Path, ...],
        catalogue: gettext.GNUTranslations,
        compiled: Compiled,
        finalize: Callable[[Any], Any],
        *,
        marks: bool = False,
    ) -> None:
        """Prepare the templates; nothing is read yet. `finalize` is given each value before it is escaped.

        With `marks`, it may put elements around some texts: inside a tag, they are said without.
        """
        super().__init__(
            loader=jinja2.FileSystemLoader([folder / "templates" for folder in folders]),
            autoescape=True,
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
            auto_reload=False,
            bytecode_cache=compiled,
            finalize=finalize,
        )
        words = lru_cache(maxsize=4_000)(lambda text: escape(finalize(text)))  # most come back on page after page

        def said(value: Any) -> str:  # noqa: ANN401 - whatever a template says
            kind = type(value)
            return value if kind is Markup else words(value) if kind is str else escape(finalize(value))

        self.said = said
        self.used: set[str] = set()
        self._loaded: dict[str, jinja2.Template] = {}
        self._catalogue, self._compiled, self._marks = catalogue, compiled, marks
        if marks:
            self.filters |= {"bare": _bare, "replace": _replaced}
        self._constant = lru_cache(maxsize=4_000)(lambda msgid: Markup(catalogue.gettext(msgid) % {}))
        functions: Mapping[str, Any] = {
            "_": self.gettext,
            "gettext": self.gettext,
            "ngettext": self.ngettext,
            "N_": str,
        }
        self.globals |= functions

    def get_template(self, name: Any, parent: Any = None, globals: Any = None) -> jinja2.Template:  # noqa: A002, ANN401
        """Give a template, and note that it is used."""
        made = self._loaded.get(name)
        if made is None:
            made = self._loaded[name] = super().get_template(name, parent, globals)
        self.used.add(f"template:{name}")
        return made

    def make_globals(self, d: Any = None) -> Any:  # noqa: ANN401 - as Jinja's
        """Give the names that all templates know, as a plain dictionary: Jinja's chain of maps is slow to copy."""
        return {**self.globals, **d} if d else self.globals

    def gettext(self, msgid: str, /, **variables: object) -> Markup:
        """Translate a message that is known only when the page is made, or that has values to fill in."""
        self.used.add(f"message:{msgid}")
        if not variables:
            return self._constant(msgid)
        return Markup(self._catalogue.gettext(msgid)) % variables

    def ngettext(self, one: str, many: str, count: int, /, **variables: object) -> Markup:
        """Translate a message whose words depend on a number."""
        self.used.add(f"message:{one}")
        said = self._catalogue.ngettext(one, many, count)
        return Markup(said) % {"num": count, **variables}

    def value_of(self, used: str) -> str:
        """Hash what something used says now; '' when it is there no more."""
        kind, _, name = used.partition(":")
        if kind == "message":
            return self._said(name)
        try:
            source = self.loader.get_source(self, name)[0] if self.loader else ""
        except jinja2.TemplateNotFound:
            return ""
        self.get_template(name)
        words = (self._said(message) for message in self._compiled.messages.get(name, ()))
        return hashlib.blake2b("\n".join((source, *words)).encode(), digest_size=16).hexdigest()

    def _said(self, message: str) -> str:
        """Give all that a message may say; ngettext knows none but those that depend on a number."""
        if not self._catalogue.ngettext(message, "", 0):
            return self._catalogue.gettext(message)
        return "\n".join(self._catalogue.ngettext(message, "", count) for count in _OF_EACH_FORM)

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        words = _Words(self._catalogue)
        template: nodes.Template = words.visit(super()._parse(source, name, filename))
        self._compiled.messages[name or ""] = tuple(dict.fromkeys(words.found))
        if self._marks:
            template = _Bare().visit(template)
        return template


def _bare(value: Any) -> Any:  # noqa: ANN401 - whatever a template says
    """Give a text without what tells its language; anything else as it is."""
    return str(value) if isinstance(value, str) and type(value) is not Markup else value


@jinja2.pass_eval_context
def _replaced(context: nodes.EvalContext, text: Any, old: str, new: str) -> Any:  # noqa: ANN401 - as Jinja's
    """Replace words of a text, which stays in its language."""
    said = do_replace(context, text, old, new)
    return text.same(str(said)) if hasattr(text, "same") else said


class _Bare(NodeTransformer):
    """Finds what is said inside a tag, or inside an element that holds words alone, where no element may stand."""

    _SPECIAL = re.compile(r"<(/?)(option|title|textarea|script|style|svg)\b|[<>]", re.IGNORECASE)
    _BLOCKS = ("title", "description")

    def __init__(self) -> None:
        self._in_tag, self._element = False, ""

    def visit_Output(self, node: nodes.Output, *_args: Any, **_kwargs: Any) -> nodes.Node:  # noqa: ANN401, N802
        """Look at a run of text and values, as written in the template."""
        node.nodes = [self._placed(child) for child in node.nodes]
        return node

    def visit_Macro(self, node: nodes.Macro, *_args: Any, **_kwargs: Any) -> nodes.Node:  # noqa: ANN401, N802
        """Look inside a macro: it starts between tags."""
        return self._apart(node, "")

    def visit_Block(self, node: nodes.Block, *_args: Any, **_kwargs: Any) -> nodes.Node:  # noqa: ANN401, N802
        """Look inside a block: a child template does not see where its parent puts it."""
        return self._apart(node, "title" if node.name in self._BLOCKS else "")

    def _apart(self, node: nodes.Node, element: str) -> nodes.Node:
        before = self._in_tag, self._element
        self._in_tag, self._element = False, element
        self.generic_visit(node)
        self._in_tag, self._element = before
        return node

    def _placed(self, child: nodes.Expr) -> nodes.Expr:
        if isinstance(child, nodes.TemplateData):
            for found in self._SPECIAL.finditer(child.data):
                self._pass(found)
        elif self._in_tag or self._element:
            return nodes.Filter(child, "bare", [], [], None, None, lineno=child.lineno)
        return child

    def _pass(self, found: re.Match[str]) -> None:
        name = (found[2] or "").lower()
        if found[0] == ">":
            self._in_tag = False
        elif not self._element or name == self._element:
            self._in_tag = True
            if name:
                self._element = "" if found[1] else name


class _Words(NodeTransformer):
    """Puts the translation of a message in the place of the call that asks for it."""

    def __init__(self, catalogue: gettext.GNUTranslations) -> None:
        self._catalogue = catalogue
        self.found: list[str] = []

    def visit_Call(self, node: nodes.Call, *args: Any, **kwargs: Any) -> nodes.Node:  # noqa: ANN401, N802 - as Jinja's
        """Look at a call."""
        self.generic_visit(node, *args, **kwargs)
        if not isinstance(node.node, nodes.Name) or node.node.name not in _WORDS:
            return node
        constants = [item.value for item in node.args if isinstance(item, nodes.Const) and isinstance(item.value, str)]
        self.found += constants[:1]
        if node.node.name == "N_" and constants:
            return nodes.Const(constants[0], lineno=node.lineno)
        if node.node.name in _WORDS[:2] and constants and not node.kwargs:
            said = nodes.Const(self._catalogue.gettext(constants[0]) % {}, lineno=node.lineno)
            return nodes.MarkSafe(said, lineno=node.lineno)
        return node
