"""The attributes that every workspace has; they have no id."""

from __future__ import annotations

from tests.workspace.messages import Document

CONTACT = """
name string Name api messenger
email string Email api messenger
phone string Phone api messenger
external_id string User-ID api messenger
role string Type api messenger
owner_id string Owner api messenger
id string ID - -
avatar string Avatar api -
created_at date Created-at - -
signed_up_at date Signed-up api -
updated_at date Updated-at - -
last_seen_at date Last-seen api -
last_contacted_at date Last-contacted - -
last_replied_at date Last-heard-from - -
last_email_opened_at date Last-opened-email - -
last_email_clicked_at date Last-clicked-on-link-in-email - -
language_override string Language-override api messenger
browser string Browser - -
browser_version string Browser-version - -
browser_language string Browser-language - -
os string OS - -
location.country string Country - -
location.region string Region - -
location.city string City - -
unsubscribed_from_emails boolean Unsubscribed-from-emails api messenger
marked_email_as_spam boolean Marked-email-as-spam - -
has_hard_bounced boolean Has-hard-bounced - -
android_app_name string Android-app-name - -
android_app_version string Android-app-version - -
android_device string Android-device - -
android_os_version string Android-OS-version - -
android_sdk_version string Android-SDK-version - -
android_last_seen_at date Android-last-seen - -
ios_app_name string iOS-app-name - -
ios_app_version string iOS-app-version - -
ios_device string iOS-device - -
ios_os_version string iOS-OS-version - -
ios_sdk_version string iOS-SDK-version - -
ios_last_seen_at date iOS-last-seen - -
"""

COMPANY = """
name string Company-name api messenger
company_id string Company-ID - messenger
created_at date Created-at - messenger
updated_at date Updated-at - messenger
monthly_spend float Monthly-Spend api messenger
"""


def _read(table: str, model: str) -> tuple[Document, ...]:
    found = []
    for line in table.split("\n")[1:-1]:
        name, kind, label, api, messenger = line.split()
        found.append(
            {
                "type": "data_attribute",
                "name": name.rpartition(".")[2],
                "full_name": name,
                "label": label.replace("-", " "),
                "data_type": kind,
                "api_writable": api == "api",
                "ui_writable": False,
                "messenger_writable": messenger == "messenger",
                "custom": False,
                "archived": False,
                "model": model,
            }
        )
    return tuple(found)


STANDARD = (*_read(CONTACT, "contact"), *_read(COMPANY, "company"))
