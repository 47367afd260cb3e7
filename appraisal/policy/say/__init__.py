"""A policy said back in plain Chinese: in the order of the regulation, every rule with its clause or as 【配置值，方案未规定】."""

from appraisal.policy.say.outline import sentences

__all__ = ["sentences"]
