"""Lists the modules that declare the files of the site, by what each of them needs to know: a thread, a campaign, all."""

from agora_build.outputs import (
    agenda_pages,
    calendars,
    contribution_pages,
    debate_pages,
    decision_pages,
    feeds,
    front_pages,
    kit_pages,
    map_pages,
    maps,
    podcast,
    radio_pages,
    resource_pages,
    rules_pages,
    timeline_pages,
    timelines,
)

THREAD = (debate_pages, contribution_pages)  # thread_outputs(site, microsite, thread, today)
CAMPAIGN = (  # outputs(site, today), a campaign at a time
    front_pages,
    timeline_pages,
    timelines,
    debate_pages,
    agenda_pages,
    calendars,
    map_pages,
    maps,
    resource_pages,
    kit_pages,
    radio_pages,
    podcast,
    decision_pages,
    rules_pages,
    feeds,
)
CITY = (front_pages, agenda_pages, calendars, map_pages, maps, radio_pages, podcast)  # city_outputs(site, today)
