"""Pages in the language of whoever reads them; the API and the admin in English."""

import re

import pytest
from django.core import mail
from django.urls import reverse

from tests.factories import StreamFactory, UserFactory
from tests.integration.test_pages import boot_of

pytestmark = pytest.mark.django_db

ARABIC = {"headers": {"accept-language": "ar-EG,ar;q=0.9,en;q=0.5"}}


def html_of(answer):
    found = re.search(r"<html([^>]*)>", answer.content.decode())
    return found[1].strip()


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("", 'lang="en" dir="ltr"'),
        ("en-GB", 'lang="en" dir="ltr"'),
        ("ar", 'lang="ar" dir="rtl"'),
        ("ar-EG,ar;q=0.9,en;q=0.5", 'lang="ar" dir="rtl"'),
        ("tlh, en;q=0.1", 'lang="en" dir="ltr"'),
    ],
)
def test_page_speaks_what_the_browser_asks_for(client, asked, said):
    answer = client.get("/", headers={"accept-language": asked})

    assert html_of(answer) == said
    assert answer.headers["Content-Language"] == said[6:8]
    assert "Accept-Language" in answer.headers["Vary"]


def test_choice_outlasts_what_the_browser_asks_for(client):
    answer = client.post(
        reverse("set_language"), {"language": "en", "next": "/accounts/sign-in/"}, **ARABIC
    )

    assert answer.headers["Location"] == "/accounts/sign-in/"
    cookie = answer.cookies["lc_language"]
    assert (cookie.value, cookie["httponly"], cookie["samesite"]) == ("en", True, "Lax")
    assert html_of(client.get("/", **ARABIC)) == 'lang="en" dir="ltr"'


def test_choice_of_a_language_leads_to_no_other_site(client):
    answer = client.post(
        reverse("set_language"), {"language": "ar", "next": "https://elsewhere.example/"}
    )

    assert answer.headers["Location"] == "/"


def test_foot_offers_each_language_by_its_own_name(client):
    page = client.get("/accounts/sign-in/?next=/s/a/", **ARABIC).content.decode()

    assert re.findall(r'<button class="link" name="language" (.*)</button>', page) == [
        'value="en" lang="en" dir="ltr">English',
        'value="ar" lang="ar" dir="rtl" aria-current="true">العربيّة',
    ]
    assert '<input type="hidden" name="next" value="/accounts/sign-in/?next=/s/a/">' in page


def test_boot_tells_the_script_its_language(client):
    stream = StreamFactory()

    boot = boot_of(client.get(f"/s/{stream.slug}/", **ARABIC))

    assert boot["language"] == "ar"
    assert boot["languages"] == [
        {"code": "en", "name": "English"},
        {"code": "ar", "name": "العربيّة"},
    ]
    assert boot["set_language_url"] == "/language/"


def test_form_errors_are_in_the_language_of_the_page(client):
    answer = client.post("/accounts/sign-in/", {"username": "Bo", "password": "no"}, **ARABIC)

    assert answer.context["form"].non_field_errors() == ["الاسم وكلمة المرور غير متطابقين."]
    fields = client.post("/accounts/sign-up/", {"display_name": "…"}, **ARABIC).context["form"]
    assert fields.errors["display_name"] == ["يجب أن يحتوي الاسم على حرف أو رقم."]
    assert fields.errors["password1"] == ["هذا الحقل مطلوب."]  # of Django's own catalogue


@pytest.mark.parametrize(
    ("viewers", "words"),
    [(0, "لا أحد يشاهد الآن"), (1, "شخص واحد يشاهد"), (3, "أشخاص يشاهدون"), (11, "شخصًا يشاهدون")],
)
def test_cards_count_in_arabic(client, monkeypatch, viewers, words):
    StreamFactory(status="live")

    async def counts(rooms):
        return [viewers for _ in rooms]

    monkeypatch.setattr("streams.live.viewer_counts", counts)

    assert words in client.get("/", **ARABIC).content.decode()


def test_letter_is_in_the_language_of_the_page(client):
    UserFactory(email="bo@example.com")

    client.post("/accounts/password-reset/", {"email": "bo@example.com"}, **ARABIC)

    assert mail.outbox[0].subject == "كلمة مرور جديدة في testserver"


def test_error_page_speaks_the_language_without_a_form(client):
    answer = client.get("/nowhere/", **ARABIC)

    page = answer.content.decode()
    assert html_of(answer) == 'lang="ar" dir="rtl"'
    assert "لا شيء هنا" in page
    assert "<form" not in page


@pytest.mark.parametrize(
    "address", ["/api/v1/streams/nowhere/", "/api/v1/streams/?status=odd", "/api/v1/nowhere/"]
)
def test_api_says_the_same_in_any_language(client, address):
    client.get("/", **ARABIC)  # the thread has spoken Arabic

    arabic, english = client.get(address, **ARABIC), client.get(address)

    assert (arabic.status_code, arabic.content) == (english.status_code, english.content)
    assert "Content-Language" not in arabic.headers


def test_admin_stays_english(client):
    client.force_login(UserFactory(is_staff=True, is_superuser=True))

    client.get("/", **ARABIC)  # the thread has spoken Arabic
    answer = client.get("/admin/", **ARABIC)

    assert 'lang="en"' in html_of(answer)
    assert re.search("[\u0600-\u06ff]", answer.content.decode()) is None
