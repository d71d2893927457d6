"""The catalogue: every text of our own that a visitor can read, in English, by key.

Nothing else is written here. `messages` looks texts up, and puts an app's own in their place.
A name in braces is a placeholder. Of a pair `_one` and `_many` the count decides; a message is a
`_title` and a `_text`.
"""

from collections.abc import Mapping

__all__ = ["TEXTS"]

TEXTS: Mapping[str, str] = {
    # The language that these texts are in, as HTML names it, and which way it is written.
    "lang": "en",
    "dir": "ltr",
    "date_and_time": "{day} {month} {year} at {time} UTC",
    "months": (
        "January, February, March, April, May, June, "
        "July, August, September, October, November, December"
    ),
    # What several pages say.
    "problem": "Problem: {heading}",
    "support_access": "Support access: {who} is using this account.",
    "unknown_actor": "somebody unknown",
    "unknown_device": "Unknown device",
    "or": "or",
    "optional": "(optional)",
    "continue": "Continue",
    "sign_in": "Sign in",
    "sign_in_again": "Sign in again",
    "sign_in_another_way": "Sign in another way",
    "sign_in_as_another": "Sign in as somebody else",
    "sign_out": "Sign out",
    "back_home": "Back to the start page",
    "back_to_sign_in": "Back to sign-in",
    "try_again": "Try again",
    "leave_it": "Leave it",
    "last_used": "Last used {moment}",
    "code": "Code",
    "send_another": "Send another code",
    "send_another_soon": "You can ask for another code in half a minute.",
    "enter_the_code": "Enter the code.",
    "wrong_code": "This code is not right.",
    "email_address": "E-mail address",
    "phone_number": "Phone number",
    "development": "In development, mail and text messages are in the {inbox}.",
    "development_inbox": "inbox of the emulator",
    # The sign-in page.
    "sign_in_heading": "Sign in",
    "signed_in_without_account": (
        "You are signed in, but this site has no active account for you. {sign_out}, or sign in "
        "once more."
    ),
    "signed_in_already": "You are signed in already. {go_on}, or sign in as somebody else.",
    "email_or_phone": "E-mail address or phone number",
    "send_link": "Send me a link",
    "send_link_how": "No password: we send you a link, and opening it signs you in.",
    "send_code": "Send me a code",
    "send_code_how": "No password: we send you a code, and typing it here signs you in.",
    "enter_email": "Enter one e-mail address, like ana@example.com.",
    "enter_email_or_phone": (
        "Enter one e-mail address or phone number, like ana@example.com or +1 415 555 0100."
    ),
    "identifier_not_taken": "Scute does not take this one.",
    "with_passkey": "Sign in with a passkey",
    "with_provider": "Continue with {provider}",
    "with_organisation": "Go to your organisation's sign-in page",
    "no_way_to_sign_in": (
        "This site has no way to sign in that works here yet. Ask the people who run it."
    ),
    "register": "New here? Create an account",
    "fill_in": "Fill in: {fields}.",
    # The page that waits for a link.
    "check_inbox_heading": "Check your inbox",
    "link_on_its_way": "If this address can sign in here, a link is on its way:",
    "open_on_any_device": "Open the link on any device.",
    "goes_on_by_itself": "This page goes on by itself when you have opened it.",
    "time_left": "Time left",
    "minutes_left_one": "About {count} minute left",
    "minutes_left_many": "About {count} minutes left",
    "seconds_left": "Less than a minute left",
    "link_opened": "I have opened the link",
    "new_link": "Ask for a new link",
    "no_mail": "No mail? Look in your spam folder, or {other}.",
    "other_address": "use another address",
    "no_connection_waiting": "There is no connection at the moment. This page keeps trying.",
    "outage_waiting": "Signing in does not work at the moment. This page keeps trying.",
    "stopped_waiting": "This page has stopped waiting. Open the link, or ask for a new one.",
    # The page that takes a code.
    "enter_code_heading": "Enter the code",
    "code_to_address": "If this address can sign in here, a code is on its way:",
    "code_to_number": "If this number can sign in here, a code is on its way:",
    "nothing_came_to_address": "Nothing came? Look in your spam folder, or {other}.",
    "nothing_came_to_number": "Nothing came? {other}.",
    "other_number": "Use another number",
    "enter_sent_code": "Enter the code from the message.",
    "wrong_or_old_code": "This code is not right, or it is too old.",
    # The second factor, and confirming who it is.
    "second_factor_heading": "Confirm that it is you",
    "step_up_why": "What you are about to do needs it once more.",
    "step_up_for": "It is for this, and for nothing else: {permission}",
    "ask_totp": "Enter the code that your authenticator app shows.",
    "ask_sms_otp": "Enter the code that we sent to your phone.",
    "ask_email_otp": "Enter the code that we sent to your e-mail address.",
    "ask_backup_code": "Enter one of your backup codes. Each works once.",
    "ask_webauthn": ("Use one of your passkeys: unlock your device, or touch your security key."),
    "use_totp": "Use your authenticator app",
    "use_sms_otp": "Send a code to my phone",
    "use_email_otp": "Send a code to my e-mail address",
    "use_backup_code": "Use a backup code",
    "use_webauthn": "Use a passkey",
    "passkey_wrong": "This passkey was not recognised.",
    "passkey_needs": (
        "A passkey needs JavaScript, and a browser that has passkeys for this site. Choose "
        "another way."
    ),
    "passkey_needs_other": (
        "A passkey needs JavaScript, and a browser that has passkeys for this site. Open this "
        "page in another browser."
    ),
    "confirm": "Confirm",
    "begin_again_or_else": "{begin_again}, as somebody else or in another way.",
    "begin_again": "Begin again",
    "leave_step_up": "{leave_it}: you stay signed in.",
    "other_tab": "Another tab has gone on meanwhile. Try again here.",
    "tries_unknown": "Try again.",
    "tries_left_one": "You can try {count} more time.",
    "tries_left_many": "You can try {count} more times.",
    "method_not_set_up": "This method is not set up for the account.",
    "no_code_is_sent": "No code is sent for this method.",
    "choose_how_to_confirm": "Choose how you want to confirm it.",
    "choose_another_way": "That does not work now. Choose another way.",
    "confirm_it_is_you": "Confirm that it is you.",
    "over_title": "That did not work",
    "over_text": "It took too long, or too many attempts were wrong.",
    "no_second_factor_title": "A second factor is needed",
    "no_second_factor_text": (
        "This account is protected by a second factor that cannot be used here. You are not "
        "signed in. Ask the people who run this site for another way in."
    ),
    "no_step_up_title": "You cannot confirm it here",
    "no_step_up_text": (
        "Your account has no e-mail address, phone number or authenticator app to ask."
    ),
    "not_confirmed_title": "That did not work",
    "not_confirmed_text": "Scute did not confirm that it is you. Try again.",
    # Setting up a second factor.
    "offer_heading": "Protect your account",
    "offer_why": (
        "With a second factor, a link or code in the wrong hands is not enough to sign in as you."
    ),
    "offer_demanded": ("This site asks everybody to set one up. Choose how you want to do it."),
    "offer_days_one": "You have {count} day left to set one up.",
    "offer_days_many": "You have {count} days left to set one up.",
    "not_now": "Not now",
    "not_you": "Not you? {sign_out}",
    "kind_totp": "Authenticator app",
    "kind_sms": "Text message",
    "kind_email": "E-mail",
    "add_totp": "Use an authenticator app",
    "add_totp_how": "An app on your phone shows a new code every half minute.",
    "add_sms": "Send codes by text message",
    "add_email": "Send codes by e-mail",
    "enter_where_codes_go": "Enter the address or the number that codes go to.",
    "enroll_totp_heading": "Set up your authenticator app",
    "scan": "Scan this with the app. Then enter the code that it shows.",
    "scan_or_type": (
        "Scan this with the app, or type the key into it. Then enter the code that it shows."
    ),
    "qr_code": "QR code for your authenticator app",
    "key": "Key",
    "code_sent_to": "A code is on its way to",
    "finish": "Finish",
    "leave_enrolment": "{leave_it}: nothing is changed.",
    "enrolment_wrong_code": "This code is not right. Try again.",
    "enrolment_over": "It took too long, or too many codes were wrong. Begin again.",
    # The list of second factors, and backup codes.
    "methods_heading": "Your second factors",
    "methods_support": "Second factors cannot be changed during support access.",
    "methods_confirmed": "You have confirmed that it is you.",
    "remove_now": "Remove {name} now",
    "make_codes_now": "Make the backup codes now",
    "set_up_now": "Set up the authenticator app now",
    "add_now": "You can add one now.",
    "methods_use": "When you sign in, you are asked for one of these as well.",
    "asked_first": "Asked first",
    "ask_first": "Ask for it first",
    "ask_first_for": "Ask for it first: {name}",
    "remove_what": "Remove {name}",
    "remove_last": (
        "It is your only one: without it, a link or code is enough to sign in as you. Your "
        "backup codes go too."
    ),
    "remove_method": "You are not asked for it any more when you sign in.",
    "remove_it": "Remove it",
    "backup_codes": "Backup codes",
    "backup_codes_left": "You have {count} left.",
    "backup_codes_none": "You have none.",
    "backup_codes_use": "Each signs you in once, when you cannot use anything else.",
    "make_codes": "Make new backup codes",
    "make_codes_warning": "The ones that you have now stop working.",
    "methods_unused": "This site does not use second factors.",
    "methods_none": (
        "You have none yet. With one, a link or code in the wrong hands is not enough to sign in "
        "as you."
    ),
    "add_another": "Add another",
    "home_or_sessions": "{home} or {sessions}",
    "see_sessions": "see your sessions",
    "not_changed_title": "That did not work",
    "not_changed_text": "Scute did not make this change.",
    "gone_text": "It is not there any more.",
    "your_methods": "Your second factors",
    "codes_heading": "Your backup codes",
    "codes_how": (
        "Each signs you in once, when you cannot use anything else. Print them, or write them "
        "down: they are shown only now."
    ),
    "codes_print": "Print this page",
    "codes_kept": "I have kept them",
    "codes_earlier": "The earlier ones do not work any more.",
    # Passkeys.
    "passkeys_heading": "Your passkeys",
    "passkeys_support": "Passkeys cannot be changed during support access.",
    "passkeys_off": (
        "Passkeys are switched off on this site. Nobody can sign in with one, and none is added."
    ),
    "passkey_added": "Added {moment}",
    "remove_passkey_warning": (
        "You can then no longer sign in with it. Your device may go on offering it: delete it "
        "there too."
    ),
    "remove_passkey": "Remove this passkey",
    "passkeys_none": (
        "You have none yet. With a passkey you sign in by fingerprint, face or screen lock, and "
        "no code or link is sent."
    ),
    "passkeys_unable": "This browser cannot add passkeys here.",
    "passkey_name": "Name of the new passkey",
    "passkey_name_how": "So that you know it again, for example “Work laptop”.",
    "passkey_unnamed": "Passkey",
    "add_passkey": "Add a passkey",
    "passkey_offline": "There is no connection at the moment. Try again.",
    "passkey_cancelled": "It was cancelled, or it took too long. Try again.",
    "passkey_twice": "This device has a passkey for your account already.",
    "passkey_elsewhere": "Passkeys are not set up for this address.",
    "passkey_failed": "This did not work with this browser.",
    "passkeys_off_title": "Passkeys are switched off",
    "passkeys_off_text": "This site takes no passkeys. Sign in another way.",
    "passkey_whose_title": "Who are you?",
    "passkey_whose_text": "Enter your e-mail address or phone number first.",
    "passkey_unknown_title": "This passkey was not recognised",
    "passkey_unknown_text": (
        "This passkey does not belong to this address. Try again, or sign in another way."
    ),
    "passkey_stale_title": "Sign in again first",
    "passkey_stale_text": (
        "Passkeys can be changed only shortly after a sign-in. Sign in again, then come back."
    ),
    "passkey_not_added_title": "The passkey was not added",
    "passkey_not_added_text": (
        "It took too long, or the passkey does not fit this site. Try again."
    ),
    "back_to_passkeys": "Back to your passkeys",
    # A link that was opened in another browser, and what else lands here.
    "confirm_heading": "Sign in here?",
    "link_claims": "This link says that it signs you in as",
    "link_of_nobody": "This link does not say whom it signs in.",
    "asked_here": "You asked for it in this browser.",
    "asked_elsewhere": "Another browser asked for this sign-in.",
    "asked_elsewhere_at": "Another browser asked for this sign-in on {moment}.",
    "asked_elsewhere_warning": (
        "Go on only if that was you: the other browser may be signed in as well."
    ),
    "invited": "If you were invited to this site, that was the browser of whoever invited you.",
    "replaces_session": (
        "You are signed in here with another account. Going on ends that session in this browser."
    ),
    "site_asks_more": "This site needs to know a little more about you.",
    "not_me": "That was not me",
    "meta_not_taken": "Scute did not take this. Look at what you entered.",
    "same_account_title": "You are signed in already",
    "same_account_text": "This link is for the account that you are signed in with.",
    "broken_link_title": "This link is not complete",
    "broken_link_text": "Open the link in the mail once more, or ask for a new one.",
    "cancelled_title": "You are not signed in",
    "cancelled_text": "The sign-in was cancelled, or the provider refused it.",
    "not_begun_here_title": "This sign-in did not begin here",
    "not_begun_here_text": (
        "It began in another browser, was finished already, or took longer than ten minutes. "
        "Begin again in this one."
    ),
    "not_asked_for_title": "You are not signed in",
    "not_asked_for_text": (
        "This sign-in is not the one that was asked for, so it was stopped. Begin again."
    ),
    "used_link_title": "This link does not work any more",
    "used_link_text": "It was used already, or it is too old. Ask for a new one.",
    "deactivated_title": "This account is switched off",
    "deactivated_text": "Ask the people who run this site to switch it on again.",
    "organisation_title": "Sign in with your organisation",
    "organisation_text": (
        "Your organisation asks its people to sign in through its own sign-in page."
    ),
    # Sessions, and their end.
    "sessions_heading": "Your sessions",
    "sessions_what": "This is where you are signed in. End what you do not know.",
    "this_session": "This one",
    "end_session": "End it",
    "end_session_named": "End it: {name}",
    "end_others": "End all others",
    "end_all": "Sign out everywhere",
    "home_or_sign_out": "{home} or {sign_out}",
    "sign_out_here": "sign out here",
    "no_such_session_title": "There is no such session",
    "no_such_session_text": "It has ended already, or it is not yours.",
    "your_sessions": "Your sessions",
    "sign_out_heading": "Sign out?",
    "sign_out_what": "This ends your session in this browser.",
    "stay_signed_in": "Stay signed in",
    "signed_out_heading": "You are signed out",
    "signed_out_what": "Nobody is signed in with this browser.",
    "not_ended_title": "You are signed out here",
    "not_ended_text": (
        "This browser has forgotten the session. Scute did not answer, so the session itself "
        "still lives there until it expires. Sign in and out again later to end it."
    ),
    # Refusals.
    "not_allowed_title": "Not allowed",
    "not_allowed_text": "You may not do this.",
    "no_resource": "The address names nothing that a permission could be about.",
    "not_approved_title": "Not approved yet",
    "not_approved_text": "Somebody has to approve this first.",
    "staff_only": "This part of the site is for its staff.",
    "account_inactive": (
        "Your account on this site is switched off. Ask the people who run the site."
    ),
    "address_not_verified": (
        "This site knows people by their e-mail address, and yours is not verified."
    ),
    "account_not_made": (
        "This site could not make an account for you. Ask the people who run the site."
    ),
    "support_refused_title": "Not allowed",
    "support_refused_text": "This is not allowed during support access.",
    "from_elsewhere_title": "Not allowed",
    "from_elsewhere_text": (
        "The request came from another site, so nothing was done. If you want it, do it here."
    ),
    "unavailable_title": "One moment",
    "unavailable_text": (
        "The sign-in service does not answer at the moment. Nobody was signed out: try again."
    ),
    "too_often_title": "Too many attempts",
    "too_often_text_one": "Try again in {count} minute.",
    "too_often_text_many": "Try again in {count} minutes.",
    "not_set_up_title": "Signing in is not set up here",
    "not_set_up_text": "The people who run this site find the reason in its log.",
    "no_such_page_title": "There is no such page",
    "no_such_page_text": "There is no such page here.",
    "wrong_method_title": "This page cannot be opened like that",
    "wrong_method_text": "This page takes other methods.",
    "too_large": "The request's body is too large.",
    "no_such_provider": "This app has no such provider.",
    "no_such_logo": "This app has no logo.",
}
