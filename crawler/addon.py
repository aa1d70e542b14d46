"""Settings that follow from other settings, wherever those came from (`-s` is invisible to settings.py)."""

from scrapy.settings import BaseSettings, default_settings

VERSION = "0.1.0"


class NewskeepAddon:
    """Composes the user agent and turns a crawl into a replay when REPLAY_WARC is set."""

    def update_settings(self, settings: BaseSettings) -> None:
        """Set what follows from CONTACT and REPLAY_WARC, unless the user said otherwise."""
        software = f"newskeep/{VERSION}"
        settings.set("SOFTWARE", software, "project")
        contact = settings["CONTACT"]
        if settings["USER_AGENT"] in {settings["BOT_NAME"], default_settings.USER_AGENT}:  # nobody has set another
            settings.set("USER_AGENT", f"{software} (+{contact})" if contact else software, "project")
        if settings["REPLAY_WARC"]:
            replayed = {"http": "crawler.replay.ReplayHandler", "https": "crawler.replay.ReplayHandler"}
            settings.set("DOWNLOAD_HANDLERS", {**settings.getdict("DOWNLOAD_HANDLERS"), **replayed}, "cmdline")
            for name in ("DOWNLOAD_DELAY", "HTTPPROXY_ENABLED", "RETRY_ENABLED"):
                settings.set(name, 0, "cmdline")
