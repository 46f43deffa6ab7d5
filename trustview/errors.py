"""Every exception that trustview raises; each message tells the user what to do.

TrustviewError
├── UsageError          the command line, a setting or a file name is wrong
├── CredentialsError    AWS did not accept who we are
├── WriteRefusedError   code asked for an AWS operation that is not on the read list
├── SourceError         an imported file, a server or AWS gave something that cannot be used
└── StoreError          the workspace cannot be read or written
    ├── NoSnapshotError     nothing has been collected yet
    ├── NewerFormatError    a file was written by a newer trustview
    ├── ReviewClosedError   the review is signed off: nothing can be decided in it any more
    └── ReviewBegunError    somebody else has begun the review already

Errors in data are values, never exceptions: a bad policy gives a Problem, an unreadable account a Gap.
Messages are lower case, without a full stop, with the user's input in backticks, then what to do.
"""


class TrustviewError(Exception):
    """Anything that stops a command; the command line prints it and exits with 1."""


class UsageError(TrustviewError):
    """The command line, a setting or a file name is wrong; exit code 2."""


class CredentialsError(TrustviewError):
    """AWS did not accept who we are, or we have no credentials at all."""


class WriteRefusedError(TrustviewError):
    """Code asked for an AWS operation that is not on the read list; it never left the process."""


class SourceError(TrustviewError):
    """An imported file, a server or AWS gave something that cannot be used at all."""


class StoreError(TrustviewError):
    """The workspace cannot be read or written."""


class NoSnapshotError(StoreError):
    """Nothing has been collected or imported yet."""


class NewerFormatError(StoreError):
    """A file was written by a newer trustview; upgrading reads it."""


class ReviewClosedError(StoreError):
    """The review is signed off: nothing can be decided in it any more."""


class ReviewBegunError(StoreError):
    """Somebody else has begun the review already: it goes on from there."""
