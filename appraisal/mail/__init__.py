"""Mail: what a run left → letters, drafts, and (when asked to) the server. Knows no terminal and asks nobody by itself."""

from appraisal.mail.addresses import address_book, recipients
from appraisal.mail.journal import FILE as JOURNAL
from appraisal.mail.journal import Journal, JournalError, Standing, journal
from appraisal.mail.left import FOLDER, Left, left, stale
from appraisal.mail.letter import Attachment, Category, Facts, Kind, Letter, MailError, Recipient
from appraisal.mail.letters import letters
from appraisal.mail.message import APPROVAL, drafts, listing
from appraisal.mail.sealed import SealError, sealed
from appraisal.mail.sending import MailRefusedError, Outcome, Posted, Sent, recheck, send
from appraisal.mail.server import ServerError
from appraisal.mail.settings import PASSWORD, Settings, SettingsError, allowed_domains, needs_password, settings
from appraisal.mail.wording import MailTemplateError, Wording

__all__ = [
    "APPROVAL",
    "FOLDER",
    "JOURNAL",
    "PASSWORD",
    "Attachment",
    "Category",
    "Facts",
    "Journal",
    "JournalError",
    "Kind",
    "Left",
    "Letter",
    "MailError",
    "MailRefusedError",
    "MailTemplateError",
    "Outcome",
    "Posted",
    "Recipient",
    "SealError",
    "Sent",
    "ServerError",
    "Settings",
    "SettingsError",
    "Standing",
    "Wording",
    "address_book",
    "allowed_domains",
    "drafts",
    "journal",
    "left",
    "letters",
    "listing",
    "needs_password",
    "recheck",
    "recipients",
    "sealed",
    "send",
    "settings",
    "stale",
]
