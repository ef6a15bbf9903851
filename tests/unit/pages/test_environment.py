"""What the templates of every service know."""

from infra.pages.environment import breakable


def test_a_title_is_broken_behind_its_slash_and_stays_text() -> None:
    assert breakable("Pflegefachassistent/in") == "Pflegefachassistent/<wbr>in"
    assert breakable("<b>/x") == "&lt;b&gt;/<wbr>x"
