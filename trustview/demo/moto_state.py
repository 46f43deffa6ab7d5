"""Puts the records into moto's backends, in process, with our ids and dates; the one file that knows moto's objects."""

import base64
import json
from collections.abc import Mapping
from datetime import datetime, timedelta

from moto.iam.aws_managed_policies import aws_managed_policies_data
from moto.iam.models import Group as MotoGroup
from moto.iam.models import IAMBackend, InstanceProfile, OpenIDConnectProvider, SAMLProvider, iam_backends
from moto.iam.models import ManagedPolicy as MotoPolicy
from moto.iam.models import Role as MotoRole
from moto.iam.models import User as MotoUser
from moto.organizations.models import (
    FakeAccount,
    FakeDelegatedAdministrator,
    FakeOrganization,
    FakeOrganizationalUnit,
    FakePolicy,
    FakeRoot,
    OrganizationsBackend,
    organizations_backends,
)

from trustview.demo.iam_answers import ManagedPolicy
from trustview.demo.records import Account, Acme, ControlPolicy, Group, Role, Unit, User
from trustview.demo.templates import unique_id


def load_library(acme: Acme) -> dict[str, ManagedPolicy]:
    """The AWS managed policies that the organization uses, by ARN, with AWS's own documents from moto's copy.

    Raises KeyError when the data name a policy that AWS does not have.
    """
    owners: list[Role | User | Group] = [*acme.roles, *acme.users, *acme.groups]
    arns = {arn for owner in owners for arn in owner.permissions.attached if ":iam::aws:" in arn}
    known = json.loads(aws_managed_policies_data)
    library = {}
    for arn in arns:
        name = arn.rpartition("/")[2]
        entry = known[name]
        library[arn] = ManagedPolicy(
            name=name,
            path=entry["Path"],
            version=entry["DefaultVersionId"],
            document=json.dumps(entry["Document"], separators=(",", ":")),
            created=datetime.fromisoformat(entry["CreateDate"]),
            updated=datetime.fromisoformat(entry["UpdateDate"]),
        )
        if library[arn].arn != arn:
            raise KeyError(f"`{arn}` should be `{library[arn].arn}`")
    return library


def fill_moto(acme: Acme, library: Mapping[str, ManagedPolicy]) -> None:
    """Fills moto's Organizations and IAM with everything that the records hold."""
    _fill_organization(acme)
    for account in acme.accounts:
        _fill_iam(acme, account, library)


def _fill_organization(acme: Acme) -> None:
    backend: OrganizationsBackend = organizations_backends[acme.management_id]["aws"]
    organization = FakeOrganization(acme.management_id, region_name="us-east-1", feature_set="ALL")
    organization.id, organization.root_id = acme.organization_id, acme.root_id
    organization.master_account_email = acme.management_email
    backend.org = organization
    targets = {unit.id: _unit(unit, organization) for unit in acme.units}
    backend.ou = list(targets.values())
    accounts = {account.id: _account(account, organization) for account in acme.accounts}
    backend.accounts = list(accounts.values())
    backend.policies = [_policy(policy, organization, targets | accounts) for policy in acme.control_policies]
    for account_id, service, since in acme.delegated_administrators:
        admin = next((known for known in backend.admins if known.account.id == account_id), None)
        if admin is None:
            admin = FakeDelegatedAdministrator(accounts[account_id])
            admin.enabled_date = since.replace(tzinfo=None)
            backend.admins.append(admin)
        admin.services[service] = {"ServicePrincipal": service, "DelegationEnabledDate": since.timestamp()}
    for account in acme.accounts:
        if account.id != acme.management_id:
            organizations_backends.master_accounts[account.id] = (acme.management_id, "aws")


def _unit(unit: Unit, organization: FakeOrganization) -> FakeOrganizationalUnit:
    if unit.parent_id is None:
        root = FakeRoot(organization)
        for kind in ("SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY"):
            root.add_policy_type(kind)
        return root
    made = FakeOrganizationalUnit(organization, Name=unit.name, ParentId=unit.parent_id)
    made.id = unit.id
    return made


def _account(account: Account, organization: FakeOrganization) -> FakeAccount:
    """Past moto's constructor, which would make a role of its own in an account with a random id."""
    made = FakeAccount.__new__(FakeAccount)
    made.type, made.region = "ACCOUNT", organization.region
    made.organization_id, made.master_account_id = organization.id, organization.master_account_id
    made.create_account_status_id = "car-" + account.id
    made.id, made.name, made.email = account.id, account.name, account.email
    made.create_time = account.joined.replace(tzinfo=None)
    made.status = made.state = account.status
    made.joined_method = "INVITED" if account.id == organization.master_account_id else "CREATED"
    made.parent_id, made.attached_policies, made.tags = account.unit_id, [], dict(account.tags)
    return made


def _policy(policy: ControlPolicy, organization: FakeOrganization, targets: Mapping[str, object]) -> FakePolicy:
    made = FakePolicy(
        organization, Content=policy.document, Description=policy.description, Name=policy.name, Type=policy.type
    )
    made.id, made.aws_managed = policy.id, policy.is_aws_managed
    for target_id in policy.target_ids:
        target = targets[target_id]
        made.attachments.append(target)
        target.attached_policies.append(made)  # type: ignore[attr-defined]
    return made


def _fill_iam(acme: Acme, account: Account, library: Mapping[str, ManagedPolicy]) -> None:
    backend: IAMBackend = iam_backends[account.id]["aws"]
    backend.account_aliases = [f"acme-{account.key}"]
    for provider in acme.identity_providers:
        if provider.account_id == account.id:
            _fill_provider(backend, provider.kind, provider.name, provider.audiences, provider.created)
    _fill_policies(backend, acme, account.id, library)
    for role in acme.roles:
        if role.account_id == account.id:
            _fill_role(backend, role)
    for group in acme.groups:
        if group.account_id == account.id:
            made = MotoGroup(account.id, "us-east-1", group.name, group.path)
            made.id, made.create_date, made.policies = group.id, _naive(group.created), dict(group.permissions.inline)
            backend.groups[group.name] = made
            _attach(backend, made, group.permissions.attached)
    for user in acme.users:
        if user.account_id == account.id:
            person = MotoUser(account.id, "us-east-1", user.name, user.path)
            person.id, person.create_date = user.id, _naive(user.created)
            person.policies = dict(user.permissions.inline)
            backend.users[user.name] = person
            _attach(backend, person, user.permissions.attached)
            backend.tagger.tag_resource(user.arn, [{"Key": k, "Value": v} for k, v in user.tags.items()])
            for name in user.groups:
                backend.groups[name].users.append(person)


def _naive(moment: datetime) -> datetime:
    """Moto's dates carry no time zone and mean UTC."""
    return moment.replace(tzinfo=None)


def _fill_provider(backend: IAMBackend, kind: str, name: str, audiences: tuple[str, ...], created: datetime) -> None:
    if kind == "saml":
        saml = SAMLProvider(backend.account_id, "us-east-1", name, saml_metadata(name))
        saml.create_date = _naive(created)
        saml.valid_until = _naive(created + METADATA_LASTS)
        backend.saml_providers[name] = saml
        return
    oidc = OpenIDConnectProvider(backend.account_id, "us-east-1", f"https://{name}", ["f" * 40], list(audiences), {})
    oidc.create_date = _naive(created)
    backend.open_id_providers[oidc.arn] = oidc


METADATA_LASTS = timedelta(days=3650)


def saml_metadata(name: str) -> str:
    """The metadata that the identity provider behind a SAML provider gave out; its certificate is none, only bytes."""
    site = f"https://sign-in.acme.example/{name}"
    certificate = base64.b64encode(f"the signing certificate of {name}".encode()).decode()
    return (
        f'<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="{site}">'
        '<IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">'
        '<KeyDescriptor use="signing"><KeyInfo xmlns="http://www.w3.org/2000/09/xmldsig#"><X509Data>'
        f"<X509Certificate>{certificate}</X509Certificate></X509Data></KeyInfo></KeyDescriptor>"
        f'<SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="{site}/sso"/>'
        "</IDPSSODescriptor></EntityDescriptor>"
    )


def _fill_policies(backend: IAMBackend, acme: Acme, account_id: str, library: Mapping[str, ManagedPolicy]) -> None:
    for policy in acme.policies:
        if policy.account_id == account_id:
            made = MotoPolicy(
                policy.name, account_id, "us-east-1", description=policy.description, document=policy.document,
                path=policy.path, create_date=_naive(policy.created), update_date=_naive(policy.created),
            )  # fmt: skip
            made.id = policy.id
            backend.managed_policies[made.arn] = made
    for managed in library.values():
        shared = MotoPolicy(
            managed.name, "aws", "us-east-1", default_version_id=managed.version, document=managed.document,
            path=managed.path, create_date=_naive(managed.created), update_date=_naive(managed.updated),
        )  # fmt: skip
        shared.id = unique_id("ANPA", managed.arn)
        backend.managed_policies[managed.arn] = shared


def _attach(backend: IAMBackend, owner: MotoRole | MotoUser | MotoGroup, arns: tuple[str, ...]) -> None:
    for arn in arns:
        backend.managed_policies[arn].attach_to(owner)


def _fill_role(backend: IAMBackend, role: Role) -> None:
    made = MotoRole(
        account_id=role.account_id,
        partition="aws",
        role_id=role.id,
        name=role.name,
        assume_role_policy_document=role.trust,
        path=role.path,
        permissions_boundary=role.boundary,
        description=role.description,
        tags=[{"Key": key, "Value": value} for key, value in role.tags.items()],
        max_session_duration=str(role.session_seconds),
    )
    made.policies, made.create_date = dict(role.permissions.inline), _naive(role.created)
    if role.last_used is not None:
        made.last_used, made.last_used_region = _naive(role.last_used), role.last_used_region
    backend.roles[role.id] = made
    _attach(backend, made, role.permissions.attached)
    if role.has_instance_profile:
        identity = unique_id("AIPA", role.account_id, role.name)
        profile = InstanceProfile(role.account_id, "us-east-1", identity, role.name, role.path, [made])
        profile.create_date = _naive(role.created)
        backend.instance_profiles[role.name] = profile
