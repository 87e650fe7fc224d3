"""Curl lines after the documentation of public services, with made-up data.

``KEY``, ``USER`` and ``REFRESH`` stand for credentials. Each line belongs to the action, or to the
token, of its name in ``requests.yaml``.
"""

from __future__ import annotations

from typing import Final

LINES: Final = r"""
stripe_customers: curl -G https://api.stripe.com/v1/customers -u KEY: --data-urlencode email=ada@example.com -d limit=1
stripe_customer: curl https://api.stripe.com/v1/customers/cus_1 -u "KEY:"
stripe_refund: curl https://api.stripe.com/v1/refunds -u KEY: -H "Idempotency-Key: key-1" -d charge=cus_1 -d amount=1000
stripe_expand: curl -G https://api.stripe.com/v1/invoices -u KEY: -d "expand[]=data.customer" -d "expand[]=data.charge"
stripe_metadata: curl https://api.stripe.com/v1/customers -u KEY: --data-urlencode email=ada@example.com -d "metadata[user_id]=u-1"
chargebee: curl https://acme.chargebee.com/api/v2/customers -G -u KEY: --data-urlencode "email[is]=ada@example.com"
segment: curl https://api.segment.io/v1/identify -u KEY: -H "Content-Type: application/json" -d '{"userId":"u-1","traits":{"email":"ada@example.com","plan":"gold"}}'
easypost: curl -X GET "https://api.easypost.com/v2/trackers?tracking_code=cus_1" -u "KEY:"
freshdesk: curl -u KEY:X "https://acme.freshdesk.com/api/v2/contacts?email=ada%40example.com"
freshdesk_ticket: curl -u KEY:X -H "Content-Type: application/json" -X POST -d '{"description":"Details","subject":"Help wanted","email":"ada@example.com","priority":1,"status":2}' https://acme.freshdesk.com/api/v2/tickets
freshdesk_form: curl -u KEY:X -F email=ada@example.com -F "subject=Help wanted" -F "cc_emails[]=a@acme.example" -F "cc_emails[]=b@acme.example" https://acme.freshdesk.com/api/v2/tickets
bamboo: curl -i -u "KEY:x" https://api.bamboohr.com/api/gateway.php/acme/v1/employees/directory
zendesk_users: curl "https://acme.zendesk.com/api/v2/users/search.json?external_id=u-1" -u support@acme.example/token:KEY
zendesk_tickets: curl -G https://acme.zendesk.com/api/v2/search.json --data-urlencode "query=type:ticket requester:ada@example.com" -u support@acme.example/token:KEY
zendesk_comment: curl https://acme.zendesk.com/api/v2/tickets/cus_1.json -d '{"ticket":{"comment":{"body":"The smoke is \"gone\".","public":false}}}' -H "Content-Type: application/json" -u support@acme.example/token:KEY -X PUT
twilio_message: curl -X POST https://api.twilio.com/2010-04-01/Accounts/AC1/Messages.json --data-urlencode "Body=Hello there" --data-urlencode "From=+15017122661" --data-urlencode "To=+441234567890" -u AC1:KEY
twilio_lookup: curl -X GET 'https://lookups.twilio.com/v2/PhoneNumbers/%2B441234567890' -u AC1:KEY
mailchimp: curl -X GET https://us1.api.mailchimp.com/3.0/lists/l1/members/3e3417d7ef77d5932a6734b916515ed5 --user "anystring:KEY"
mailgun: curl -s --user api:KEY https://api.mailgun.net/v3/mg.acme.example/messages -F from='Support <support@acme.example>' -F to=ada@example.com -F to=b@acme.example -F subject=Hello -F text='It works!'
woo: curl "https://shop.acme.example/wp-json/wc/v3/customers?email=ada%40example.com" -u USER:KEY
jira_issue: curl --request GET --url 'https://acme.atlassian.net/rest/api/3/issue/SUP-1?fields=summary,status' --user 'support@acme.example:KEY' --header 'Accept: application/json'
jira_comment: curl -u support@acme.example:KEY -X POST --data '{"body":"Customer u-1 called."}' -H "Content-Type: application/json" https://acme.atlassian.net/rest/api/2/issue/SUP-1/comment
customerio: curl -X PUT https://track.customer.io/api/v1/customers/u-1 -u USER:KEY -H "Content-Type: application/json" -d '{"email":"ada@example.com","plan":"gold","created_at":1361205308}'
servicenow: curl -G https://acme.service-now.com/api/now/table/sys_user --data-urlencode "sysparm_query=email=ada@example.com" -d sysparm_limit=1 --user support:KEY --header "Accept:application/json"
servicenow_patch: curl https://acme.service-now.com/api/now/table/incident/cus_1 --request PATCH --header "Content-Type: application/json" --data '{"state":"2"}' --user support:KEY
shopify_orders: curl -X GET "https://acme.myshopify.com/admin/api/2024-10/orders.json?status=any&email=ada%40example.com" -H "X-Shopify-Access-Token: KEY"
shopify_search: curl -X GET "https://acme.myshopify.com/admin/api/2024-10/customers/search.json?query=email:ada@example.com" -H "X-Shopify-Access-Token: KEY"
shopify_graphql: curl -X POST https://acme.myshopify.com/admin/api/2024-10/graphql.json -H 'Content-Type: application/json' -H 'X-Shopify-Access-Token: KEY' -d '{"query":"query($q: String!) { customers(first: 1, query: $q) { nodes { id } } }","variables":{"q":"ada@example.com"}}'
shopify_graphql_text: curl -X POST https://acme.myshopify.com/admin/api/2024-10/graphql.json -H 'Content-Type: application/graphql' -H 'X-Shopify-Access-Token: KEY' -d '{ customers(first: 1, query: "ada@example.com") { nodes { id } } }'
hubspot_contact: curl --request GET --url 'https://api.hubapi.com/crm/v3/objects/contacts/ada%40example.com?idProperty=email&properties=lifecyclestage&properties=email&archived=false' --header 'authorization: Bearer KEY'
hubspot_search: curl https://api.hubapi.com/crm/v3/objects/contacts/search --request POST --header "Content-Type: application/json" --header "authorization: Bearer KEY" --data '{"filterGroups":[{"filters":[{"propertyName":"email","operator":"EQ","value":"ada@example.com"}]}],"properties":["firstname"],"limit":1}'
github_user: curl -L -H "Accept: application/vnd.github+json" -H "Authorization: Bearer KEY" -H "X-GitHub-Api-Version: 2022-11-28" https://api.github.com/users/u-1
github_member: curl -L -X PUT -H "Accept: application/vnd.github+json" -H "Authorization: Bearer KEY" -H "Content-Type: application/json" https://api.github.com/orgs/acme/memberships/u-1 -d '{"role":"member"}'
gitlab_project: curl --header "PRIVATE-TOKEN: KEY" "https://gitlab.example.com/api/v4/projects/group%2Fproject"
gitlab_user: curl --header "PRIVATE-TOKEN: KEY" "https://gitlab.example.com/api/v4/users?username=u-1"
sendgrid_search: curl -X POST https://api.sendgrid.com/v3/marketing/contacts/search/emails --header "Authorization: Bearer KEY" --header "Content-Type: application/json" --data '{"emails":["ada@example.com"]}'
sendgrid_bounce: curl -X DELETE https://api.sendgrid.com/v3/suppression/bounces/ada%40example.com --header "Authorization: Bearer KEY"
gravatar_profile: curl -H "Authorization: Bearer KEY" https://api.gravatar.com/v3/profiles/SHA256
gravatar_exists: curl --head "https://gravatar.com/avatar/SHA256?d=404"
intercom_search: curl https://api.intercom.io/contacts/search -X POST -H 'Authorization: Bearer KEY' -H 'Intercom-Version: 2.11' -H 'Content-Type: application/json' -d '{"query":{"field":"email","operator":"=","value":"ada@example.com"}}'
slack_lookup: curl -H "Authorization: Bearer KEY" "https://slack.com/api/users.lookupByEmail?email=ada%40example.com"
slack_message: curl -X POST -H 'Authorization: Bearer KEY' -H 'Content-Type: application/json; charset=utf-8' --data '{"channel":"C1","text":"A question of Ada Lovelace"}' https://slack.com/api/chat.postMessage
openweather: curl "https://api.openweathermap.org/data/2.5/weather?q=London&appid=KEY"
pipedrive: curl "https://acme.pipedrive.com/api/v1/persons/search?term=ada%40example.com&fields=email&api_token=KEY"
hunter: curl "https://api.hunter.io/v2/email-verifier?email=ada%40example.com&api_key=KEY"
trello: curl "https://api.trello.com/1/members/u-1/boards?key=USER&token=KEY"
notion: curl -X POST 'https://api.notion.com/v1/databases/d-1/query' -H 'Authorization: Bearer KEY' -H 'Notion-Version: 2022-06-28' -H 'Content-Type: application/json' --data '{"filter":{"property":"Email","email":{"equals":"ada@example.com"}}}'
airtable: curl "https://api.airtable.com/v0/app1/Customers?filterByFormula=%7BEmail%7D%3D%27ada%40example.com%27&fields%5B%5D=Name&fields%5B%5D=Plan" -H "Authorization: Bearer KEY"
monday: curl https://api.monday.com/v2 -H "Authorization: KEY" -H "Content-Type: application/json" -d '{"query":"{ users(emails: [\"ada@example.com\"]) { id name } }"}'
magento: curl -X GET "https://magento.acme.example/rest/default/V1/customers/u-1" -H "Authorization: Bearer KEY"
magento_search: curl -g "https://magento.acme.example/rest/V1/customers/search?searchCriteria[filter_groups][0][filters][0][field]=email&searchCriteria[filter_groups][0][filters][0][value]=ada@example.com" -H "Authorization: Bearer KEY"
salesforce_contact: curl https://acme.my.salesforce.com/services/data/v58.0/sobjects/Contact/External_Id__c/u-1 -H "Authorization: Bearer KEY"
salesforce_query: curl "https://acme.my.salesforce.com/services/data/v58.0/query?q=SELECT+Id+FROM+Contact+LIMIT+1" -H "Authorization: Bearer KEY"
algolia: curl -X GET -H "X-Algolia-API-Key: KEY" -H "X-Algolia-Application-Id: ACME" "https://acme-dsn.algolia.net/1/indexes/customers/u-1"
klaviyo: curl -G https://a.klaviyo.com/api/profiles --data-urlencode 'filter=equals(email,"ada@example.com")' --header 'Authorization: Klaviyo-API-Key KEY' --header 'accept: application/vnd.api+json' --header 'revision: 2024-10-15'
amplitude: curl "https://profile-api.amplitude.com/v1/userprofile?user_id=u-1&get_amp_props=true" -H 'Authorization: Api-Key KEY'
braze: curl --request POST 'https://rest.iad-01.braze.com/users/export/ids' --header 'Content-Type: application/json' --header 'Authorization: Bearer KEY' --data-raw '{"external_ids":["u-1"],"fields_to_export":["email"]}'
postmark: curl "https://api.postmarkapp.com/email" -X POST -H "Accept: application/json" -H "Content-Type: application/json" -H "X-Postmark-Server-Token: KEY" -d '{"From":"support@acme.example","To":"ada@example.com","Subject":"Hello","TextBody":"Hi"}'
aftership: curl "https://api.aftership.com/tracking/2024-10/trackings?tracking_numbers=cus_1" -H 'as-api-key: KEY'
shippo: curl https://api.goshippo.com/tracks/usps/cus_1 -H "Authorization: ShippoToken KEY"
discord: curl https://discord.com/api/v10/users/u-1 -H "Authorization: Bot KEY"
zoho: curl "https://www.zohoapis.com/crm/v2/Contacts/search?email=ada%40example.com" -X GET -H "Authorization: Zoho-oauthtoken KEY"
dropbox: curl -X POST https://api.dropboxapi.com/2/users/get_account --header "Authorization: Bearer KEY" --header "Content-Type: application/json" --data '{"account_id":"u-1"}'
square: curl https://connect.squareup.com/v2/customers/search -X POST -H 'Square-Version: 2024-10-17' -H 'Authorization: Bearer KEY' -H 'Content-Type: application/json' -d '{"query":{"filter":{"email_address":{"exact":"ada@example.com"}}},"limit":1}'
zuora_soap: curl https://rest.zuora.com/apps/services/a/91.0 -H "Content-Type: text/xml" -H "SOAPAction: query" -H "Authorization: Bearer KEY" -d "<queryString>select Id from Contact where WorkEmail='ada@example.com' and Name='Ada Lovelace'</queryString>"
paypal_token: curl -X POST "https://api-m.paypal.com/v1/oauth2/token" -u "USER:KEY" -H "Content-Type: application/x-www-form-urlencoded" -d "grant_type=client_credentials"
spotify_token: curl -X POST "https://accounts.spotify.com/api/token" -H "Content-Type: application/x-www-form-urlencoded" -d "grant_type=client_credentials&client_id=USER&client_secret=KEY"
auth0_token: curl --request POST --url 'https://acme.auth0.com/oauth/token' --header 'content-type: application/x-www-form-urlencoded' --data grant_type=client_credentials --data client_id=USER --data client_secret=KEY --data-urlencode audience=https://api.acme.example/
auth0_json_token: curl --request POST --url https://acme.auth0.com/oauth/token --header 'content-type: application/json' --data '{"grant_type":"client_credentials","client_id":"USER","client_secret":"KEY","audience":"https://api.acme.example/"}'
okta_token: curl --request POST --url https://acme.okta.com/oauth2/default/v1/token --user USER:KEY --header 'accept: application/json' --header 'content-type: application/x-www-form-urlencoded' --data 'grant_type=client_credentials&scope=customScope'
microsoft_token: curl -X POST -H "Content-Type: application/x-www-form-urlencoded" -d 'grant_type=client_credentials&client_id=USER&client_secret=KEY&scope=https%3A%2F%2Fgraph.microsoft.com%2F.default' 'https://login.microsoftonline.com/acme/oauth2/v2.0/token'
zoom_token: curl -X POST https://zoom.us/oauth/token -u USER:KEY -d 'grant_type=account_credentials' -d 'account_id=acc-1'
xero_token: curl -X POST https://identity.xero.com/connect/token -u USER:KEY -d grant_type=client_credentials -d scope=accounting.contacts
keystone_token: curl -i -X POST https://cloud.acme.example/v3/auth/tokens -H "Content-Type: application/json" -d '{"auth":{"identity":{"methods":["application_credential"],"application_credential":{"id":"c-1","secret":"KEY"}}}}'
zoho_token: curl -X POST https://accounts.zoho.com/oauth/v2/token -d grant_type=refresh_token -d client_id=USER -d client_secret=KEY -d refresh_token=REFRESH
google_token: curl -s -X POST https://oauth2.googleapis.com/token --data-urlencode grant_type=urn:ietf:params:oauth:grant-type:jwt-bearer -d assertion=KEY
salesforce_token: curl https://login.salesforce.com/services/oauth2/token -X POST -d "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer" -d "assertion=KEY"
docusign_token: curl --data "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion=KEY" --request POST https://account-d.docusign.com/oauth/token
box_token: curl -X POST https://api.box.com/oauth2/token -H "content-type: application/x-www-form-urlencoded" --data-urlencode grant_type=urn:ietf:params:oauth:grant-type:jwt-bearer -d assertion=KEY -d client_id=USER -d client_secret=REFRESH
okta_jwt_token: curl --request POST https://acme.okta.com/oauth2/v1/token -H 'accept: application/json' -d grant_type=client_credentials -d client_id=0oa1 --data-urlencode client_assertion_type=urn:ietf:params:oauth:client-assertion-type:jwt-bearer -d client_assertion=KEY -d scope=okta.users.read
""".strip().splitlines()  # noqa: E501 - one line is one command

SPELLED: Final = frozenset(
    {"stripe_expand", "stripe_metadata", "chargebee", "zendesk_tickets", "jira_issue",
     "shopify_search", "magento_search", "salesforce_query", "servicenow", "klaviyo"}
)  # fmt: skip
"""Equal once percent-encoding is undone: the line has ``[``, ``:``, ``,`` or ``+`` as it is, or
curl writes the digits of the encoding in small letters."""

NOT_EXPRESSED: Final = {
    "curl https://api.telegram.org/botKEY/getMe": "a secret in the path, which every log keeps",
    "curl -F file=@report.pdf https://slack.com/api/files.upload": "a file: text fields only",
    "curl --aws-sigv4 aws:amz:us-east-1:s3 -u USER:KEY https://b.s3.amazonaws.com/k":
        "a signature of each request (AWS)",
    "curl -H 'API-Sign: …' https://api.kraken.com/0/private/Balance": "a signature of each request",
    "curl -H 'Authorization: OAuth oauth_signature=…' https://api.twitter.com/1.1/users/show.json":
        "a signature of each request (OAuth 1)",
    "curl --digest -u USER:KEY https://cloud.mongodb.com/api/atlas/v1.0/groups":
        "digest authentication, which answers a challenge",
    "curl -d @query.json https://search.acme.example/_msearch": "NDJSON of a file",
}  # fmt: skip
"""Lines that no action expresses, and why."""
