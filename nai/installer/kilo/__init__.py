"""What OpenStack Kilo's own installer, packstack, takes."""

from nai.installer.kilo.answers import AnswerError, UnknownKey, answer_file, fingerprint, known_keys, unknown_keys

__all__ = ["AnswerError", "UnknownKey", "answer_file", "fingerprint", "known_keys", "unknown_keys"]
