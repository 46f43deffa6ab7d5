"""The embedded organization `acme` as data, and how it is served on loopback by moto behind a gateway of ours.

    with serve_acme() as served:
        os.environ.update(served.environment)

The variables are the SDK's own (`AWS_ENDPOINT_URL`, credentials, Region, an empty profile in place of the user's), so
whatever reads AWS reads the demo without knowing it. The credentials are a session of
`arn:aws:iam::999900001111:role/TrustviewCaller`, in the management account; the role to hop into is
`arn:aws:iam::<account>:role/trustview/TrustviewReader` in every member account, except the suspended ones and
`111100002222`, which refuses. Calls are checked as AWS checks them: signature, session token, read calls only.

What may live here: the data files (`acme/`, described in `acme/README.md`), and what turns them into answers. Nothing
here knows the collector, the snapshot or the analysis.
"""

from trustview.demo.build import QUARTER_DAYS
from trustview.demo.files import read_file
from trustview.demo.launch import Served, serve_acme
from trustview.demo.load import Quarter, load_acme
from trustview.demo.records import Acme

__all__ = ["QUARTER_DAYS", "Acme", "Quarter", "Served", "load_acme", "read_file", "serve_acme"]
