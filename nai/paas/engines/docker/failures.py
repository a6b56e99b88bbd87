"""How a build comes to nothing."""

from nai.paas.engines.errors import EngineError


class BuildFailedError(EngineError):
    """The build has failed, by what was built; the text is for who wants it built."""
