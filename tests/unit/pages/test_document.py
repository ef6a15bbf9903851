"""Published documents as pages: formulas as MathML, links that lead here, nothing that runs."""

from infra.pages.document import document, formula


def unchanged(address: str) -> str:
    return address


def test_a_formula_is_mathml_that_needs_no_script() -> None:
    drawn = formula(r"\frac{1}{2}")
    assert drawn.startswith("<math") and "<mfrac>" in drawn and 'display="block"' in drawn


def test_formulas_stand_in_the_text_and_on_lines_of_their_own() -> None:
    drawn = document("Let $v$ be\n\n$$v = 1$$\n", unchanged)
    assert drawn.count("<math") == 2
    assert 'display="inline"' in drawn and 'display="block"' in drawn


def test_markup_in_a_document_is_shown_and_never_runs() -> None:
    drawn = document("<script>alert(1)</script> <b onclick=x>", unchanged)
    assert "<script" not in drawn and "<b " not in drawn and "&lt;script&gt;" in drawn


def test_links_lead_to_where_the_documents_stand_here() -> None:
    drawn = document("[the score](score.md) and [more](https://example.org/)", lambda address: f"/here/{address}")
    assert 'href="/here/score.md"' in drawn and 'href="/here/https://example.org/"' in drawn


def test_a_wide_table_scrolls_in_a_frame_that_the_keyboard_reaches() -> None:
    drawn = document("| a | b |\n| --- | ---: |\n| 1 | 2 |\n", unchanged)
    assert '<div class="table" role="region" tabindex="0"' in drawn and drawn.count("<td") == 2
    assert "style=" not in drawn and '<td class="figure" data-head="b">2</td>' in drawn


def test_each_cell_of_a_table_tells_its_columns_head_for_narrow_windows() -> None:
    drawn = document("| a | *b* |\n| --- | --- |\n| 1 | 2 |\n\n| c |\n| --- |\n| 3 |\n", unchanged)
    assert drawn.count('<table class="stack">') == 2
    assert '<td data-head="b">2</td>' in drawn and '<td data-head="c">3</td>' in drawn
