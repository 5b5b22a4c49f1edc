/* Draws a timeline over the list of its steps, with TimelineJS, once the reader reaches it; on a small screen, once the
   reader asks for it.
   Everything it shows comes from the data file beside the page; nothing is fetched, so that file:// works too. */
(function () {
  "use strict";

  var script = document.currentScript.src;

  function load(tag, attributes) {
    return new Promise(function (resolve, reject) {
      var element = Object.assign(document.createElement(tag), attributes);
      element.onload = resolve;
      element.onerror = reject;
      document.head.append(element);
    });
  }

  /* --- words ------------------------------------------------------------------------------------------------ */

  function names(language, options, count, first) {
    var format = new Intl.DateTimeFormat(language, Object.assign({ timeZone: "UTC" }, options));
    return Array.from({ length: count }, function (_, index) {
      return format.format(first(index));
    });
  }

  function month(index) { return new Date(Date.UTC(2016, index, 15)); }
  function weekday(index) { return new Date(Date.UTC(2016, 4, index + 1)); } /* 1 May 2016 was a Sunday */

  /* TimelineJS looks its words up in one object that it falls back on; ours replace them there. */
  function translate(object, words, language) {
    var hour = language === "fr" ? "H' h 'MM" : "H:MM";
    object.lang = language;
    object.messages = Object.assign({}, object.messages, {
      loading: words.loading, loading_content: words.loading, loading_timeline: words.loading,
      error: words.error, return_to_title: words.first, go_to_end: words.last,
      zoom_in: words.zoom_in, zoom_out: words.zoom_out,
      aria_label_timeline: words.timeline, aria_label_timeline_navigation: words.navigation,
      aria_label_timeline_content: words.content,
      aria_label_zoomin: words.zoom_in_hint, aria_label_zoomout: words.zoom_out_hint,
      swipe_to_navigate: words.swipe + "<br><span class='tl-button'>" + words.close + "</span>"
    });
    object.date = {
      month: names(language, { month: "long" }, 12, month),
      month_abbr: names(language, { month: "short" }, 12, month),
      day: names(language, { weekday: "long" }, 7, weekday),
      day_abbr: names(language, { weekday: "short" }, 7, weekday)
    };
    object.dateformats = Object.assign({}, object.dateformats, {
      year: "yyyy", month_short: "mmm", month: "mmmm yyyy", full_short: "d mmm", full: "d mmmm yyyy",
      full_long: "d mmmm yyyy, " + hour, full_long_small_date: hour + "' <small>'d mmmm yyyy'</small>'",
      time: hour, time_short: hour, time_no_seconds_short: hour, time_no_minutes_short: hour,
      time_no_seconds_small_date: hour + "' <small>'d mmmm yyyy'</small>'"
    });
  }

  /* --- data ------------------------------------------------------------------------------------------------- */

  /* Links of the data start from the timeline's own page; the drawing may stand on another one. */
  function resolved(data, base) {
    var events = data.events.map(function (event) {
      var text = Object.assign({}, event.text);
      ["headline", "text"].forEach(function (name) { text[name] = withLinks(text[name], base); });
      var id = prefixed(event.unique_id);
      var media = event.media && Object.assign({}, event.media, { url: new URL(event.media.url, base).href });
      return Object.assign({}, event, { unique_id: id, text: text }, media ? { media: media } : {});
    });
    return Object.assign({}, data, { events: events });
  }

  /* Ids of the drawing become ids of the page: they must not meet those of the list. */
  function prefixed(id) { return "frise-" + id; }

  function withLinks(html, base) {
    var holder = document.createElement("template");
    holder.innerHTML = html;
    [["a[href]", "href"], ["img[src]", "src"]].forEach(function (pair) {
      holder.content.querySelectorAll(pair[0]).forEach(function (element) {
        element.setAttribute(pair[1], new URL(element.getAttribute(pair[1]), base).href);
      });
    });
    return holder.innerHTML;
  }

  function plain(html) {
    var holder = document.createElement("template");
    holder.innerHTML = html;
    return holder.content.textContent.replace(/\s+/g, " ").trim();
  }

  /* --- the drawing ------------------------------------------------------------------------------------------ */

  function after(object, method, then) {
    var original = object[method];
    object[method] = function () {
      var result = original.apply(this, arguments);
      then.call(this);
      return result;
    };
    then.call(object);
  }

  /* TimelineJS listens to arrow keys on the whole document: hear only those of its own element.
     On touch screens it writes empty handlers into its elements, which the policy of our pages refuses: write none. */
  function construct(element, data, options) {
    var original = document.addEventListener;
    document.addEventListener = function (type, handler, more) {
      var own = type !== "keydown" ? handler : function (event) {
        var inside = element.contains(event.target);
        if (inside && !event.target.closest("audio, video, input, textarea, select")) { handler(event); }
      };
      return original.call(document, type, own, more);
    };
    var set = Element.prototype.setAttribute;
    Element.prototype.setAttribute = function (name, value) {
      if (name !== "ontouchstart") { set.call(this, name, value); }
    };
    try {
      return new window.TL.Timeline(element, data, options);
    } finally {
      delete document.addEventListener;
      Element.prototype.setAttribute = set;
    }
  }

  function draw(element, loaded, base) {
    var words = loaded.words;
    var data = resolved(loaded.data, base);
    var still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
    window.TL.Timeline.prototype._loadLanguage = function (given) {
      translate(this.language, words, element.dataset.language);
      this.message.setLanguage(this.language);
      this._initData(given);
    };
    element.hidden = false;
    var timeline = construct(element, data, {
      base_class: "tl-timeline timeline-view",
      font: null,
      script_path: new URL("js/", new URL(element.dataset.vendor, document.baseURI)).href,
      language: element.dataset.language,
      duration: still ? 0 : 600,
      start_at_slide: loaded.start,
      timenav_height_min: 210,
      timenav_height_percentage: 42,
      timenav_mobile_height_percentage: 42,
      slide_padding_lr: 72,
      scale_factor: element.offsetWidth < 650 ? 5 : 2,
      marker_height_min: 34,
      hash_bookmark: false
    });
    if (timeline.ready) { finish(element, timeline, loaded); } else {
      timeline.on("ready", function () { finish(element, timeline, loaded); });
    }
    return timeline;
  }

  /* What TimelineJS says in English whatever the language, said again in ours. */
  function finish(element, timeline, loaded) {
    var words = loaded.words;
    var said = {};
    var tenses = {};
    loaded.data.events.forEach(function (event) {
      var id = prefixed(event.unique_id);
      said[id] = plain(event.text.headline) + ", " + event.display_date;
      tenses[id] = loaded.tenses[event.unique_id];
    });
    element.setAttribute("aria-label", words.timeline);
    labelMarkers(timeline._timenav, words, said, tenses);
    labelNavigation(timeline._timenav, words, said);
    labelArrows(timeline._storyslider._nav, words);
    prepareSlides(element, timeline._storyslider._slides, said, tenses);
    labelRest(element, words);
  }

  function labelMarkers(navigation, words, said, tenses) {
    navigation._markers.forEach(function (marker) {
      var id = marker.data.unique_id;
      marker.ariaLabel = said[id];
      marker._el.container.dataset.tense = tenses[id];
      after(marker, "setActive", function () {
        this._el.container.setAttribute("aria-label", said[id] + ", " + (this.active ? words.shown : words.show));
      });
    });
  }

  function labelNavigation(navigation, words, said) {
    navigation._el.container.setAttribute("aria-description", words.hint);
    after(navigation, "_setLabelWithCurrentMarker", function () {
      var id = this.current_focused_id;
      this._el.container.setAttribute("aria-label", words.navigation + (said[id] ? ", " + said[id] : ""));
    });
  }

  function labelArrows(arrows, words) {
    ["previous", "next"].forEach(function (name) {
      arrows[name]._el.title.after(" "); /* else title and date are read as one word */
      after(arrows[name], "_update", function () {
        var shown = [this._el.title, this._el.description].map(function (part) { return part.textContent; });
        this._el.container.setAttribute("aria-label", [words[name]].concat(shown).join(", "));
      });
    });
  }

  /* The headings of the drawing repeat those of the list below: they are text here. */
  function prepareSlides(element, slides, said, tenses) {
    slides.forEach(function (slide) {
      var container = slide._el.container;
      container.dataset.tense = tenses[slide.data.unique_id];
      container.tabIndex = 0; /* a long text scrolls */
      container.setAttribute("role", "group");
      container.setAttribute("aria-label", said[slide.data.unique_id]);
    });
    element.querySelectorAll("h2, h3").forEach(function (heading) { heading.setAttribute("role", "presentation"); });
    element.querySelectorAll(".tl-slide a[target]").forEach(function (link) { link.removeAttribute("target"); });
  }

  function labelRest(element, words) {
    var credit = element.querySelector(".tl-attribution a");
    if (credit) { credit.setAttribute("aria-label", "TimelineJS (" + words.new_window + ")"); }
  }

  function enhance(element) {
    var vendor = new URL(element.dataset.vendor, document.baseURI);
    var source = new URL(element.dataset.timeline, document.baseURI).href;
    var styles = [new URL("css/timeline.css", vendor).href, new URL("../css/timeline-overrides.css", script).href];
    return Promise.all(styles.map(function (href) { return load("link", { rel: "stylesheet", href: href }); }).concat([
      load("script", { src: source }), load("script", { src: new URL("js/timeline.js", vendor).href })
    ])).then(function () {
      draw(element, window.agora.timeline, new URL("index.html", source).href);
    }).catch(function () {
      element.hidden = true; /* the list says it all */
    });
  }

  /* A hidden element is never seen: its parent is what the reader reaches. */
  function enhanceWhenReached(element) {
    if (!("IntersectionObserver" in window)) { return; }
    var observer = new IntersectionObserver(function (entries) {
      if (entries.some(function (entry) { return entry.isIntersecting; })) {
        observer.disconnect();
        enhance(element);
      }
    }, { rootMargin: "200px" });
    observer.observe(element.parentElement);
  }

  function enhanceWhenAsked(element, ask) {
    ask.hidden = false;
    ask.firstElementChild.addEventListener("click", function () {
      enhance(element).then(function () {
        ask.hidden = true;
        element.tabIndex = -1;
        element.focus();
      });
    }, { once: true });
  }

  document.querySelectorAll("[data-timeline]").forEach(function (element) {
    var ask = element.previousElementSibling;
    if (window.matchMedia("(max-width: 40rem)").matches && ask && ask.matches(".timeline-ask")) {
      enhanceWhenAsked(element, ask);
    } else {
      enhanceWhenReached(element);
    }
  });
})();
