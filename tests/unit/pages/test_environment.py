"""What the templates of every service know."""

from infra.pages.catalogue import LOCALE, translations
from infra.pages.environment import breakable, saying


def test_a_title_is_broken_behind_its_slash_and_stays_text() -> None:
    assert breakable("Pflegefachassistent/in") == "Pflegefachassistent/<wbr>in"
    assert breakable("<b>/x") == "&lt;b&gt;/<wbr>x"


def test_a_message_is_markup_of_ours_and_a_value_in_it_stays_text() -> None:
    says = saying(translations("en", [LOCALE]))
    assert says("Skip to the <b>content</b>, 100%%") == "Skip to the <b>content</b>, 100%"
    assert says("of %(name)s", name="<b>") == "of &lt;b&gt;"


def test_a_message_is_said_in_the_language_of_its_catalogue() -> None:
    assert [saying(translations(one, [LOCALE]))("Language") for one in ("en", "de")] == ["Language", "Sprache"]
