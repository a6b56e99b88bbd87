"""What a run of site.yml would change: events of a run in check mode in, a readable plan out."""

from nai.installer.plan.effects import Effect, effects_of
from nai.installer.plan.model import Plan, plan_of
from nai.installer.plan.text import as_dict, as_text

__all__ = ["Effect", "Plan", "as_dict", "as_text", "effects_of", "plan_of"]
