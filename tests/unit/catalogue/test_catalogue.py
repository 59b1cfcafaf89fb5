"""The catalogue, through the command: everything is in it, links lead somewhere, nothing in a policy becomes markup."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from policy_engine.cli.main import main

POLICIES = Path(__file__).resolve().parents[3] / "policies"
HOSTILE = """package acme
## <script>alert(1)</script> | `code` & "quotes" [link](x)
policy <NAME>
  owner "<b>owner</b>@acme.example"
  control "GDPR:<i>Art.5</i>", "loose"
{
  ## <img src=x onerror=alert(1)>
  rule described
    for field in product.fields
    require field.description is present
    message "</code></pre><script>alert(2)</script> ``` {field.path}"
}
""".replace("<NAME>", "hostile")


PAGE = """# Tests
## A field without a description is refused
```product
schema: [{name: orders, properties: [{name: id}]}]
```
```expect
non_compliant
fail acme.hostile.described orders.id
```
"""


class Page(HTMLParser):
    """Tags, links and ids of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.links: list[str] = []
        self.ids: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        found = dict(attrs)
        self.links += [link for name in ("href", "src") if (link := found.get(name))]
        self.ids += [found["id"] or ""] if "id" in found else []


def written(folder: Path, *args: object) -> Result:
    arguments = ["docs", *map(str, args), "-o", str(folder / "site"), "--as-of", "2027-01-01"]
    return CliRunner().invoke(main, arguments, standalone_mode=False)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("catalogue")
    result = written(folder, POLICIES / "global", "--local", POLICIES / "domains/hr")
    assert result.return_value == 0, result.output
    return folder / "site"


def test_every_policy_of_both_layers_has_a_page_with_its_rules(site: Path) -> None:
    for layer in ("global", "domains/hr"):
        for source in (POLICIES / layer).glob("*.policy"):
            text = source.read_text(encoding="utf-8")
            package = re.search(r"^package (\S+)", text, re.MULTILINE)
            assert package
            for policy in re.findall(r"^policy (\w+)", text, re.MULTILINE):
                page = (site / "policies" / f"{package[1]}.{policy}.html").read_text(encoding="utf-8")
                body = text[text.index(f"\npolicy {policy}") + 1 :].partition("\n}")[0]
                ids = Page(page).ids
                assert all(rule in ids for rule in re.findall(r"^  rule (\w+)", body, re.MULTILINE))


def test_every_link_of_the_site_leads_to_a_page_and_a_place_in_it(site: Path) -> None:
    pages = {path: Page(path.read_text(encoding="utf-8")) for path in site.rglob("*.html")}
    assert len(pages) > 8
    for path, page in pages.items():
        assert len(page.ids) == len(set(page.ids)), path
        for link in page.links:
            target, _, place = link.partition("#")
            there = (path.parent / target).resolve() if target else path
            assert there.is_file(), (path, link)
            assert not place or place in pages[there].ids, (path, link)


def test_every_link_of_the_markdown_leads_to_a_page(tmp_path: Path) -> None:
    assert written(tmp_path, POLICIES / "global", "--format", "markdown").return_value == 0
    pages = list((tmp_path / "site").rglob("*.md"))
    links = [(page, link) for page in pages for link in re.findall(r"\]\(([^)#]+)", page.read_text(encoding="utf-8"))]
    assert len(links) > 20
    assert all((page.parent / link).is_file() for page, link in links)


def test_controls_name_the_rules_that_fulfil_them(site: Path) -> None:
    found = json.loads((site / "catalogue.json").read_text(encoding="utf-8"))
    assert found["schema"] == "urn:policy-engine:catalogue:v1"
    promised = {control for policy in found["policies"] for control in policy["controls"]}
    assert {f"{one['framework']}:{one['control']}" for one in found["controls"]} == promised
    assert all(one["rules"] for one in found["controls"])


def test_a_parameter_shows_what_a_domain_has_set_and_where(site: Path) -> None:
    found = json.loads((site / "catalogue.json").read_text(encoding="utf-8"))
    chosen = [one for policy in found["policies"] for one in policy["parameters"] if one["chosen"]]
    assert chosen
    assert all(one["freedoms"] for one in chosen)
    assert all(one["chosen_at"]["file"].startswith("domain/") for one in chosen)


def test_the_same_policies_give_the_same_bytes(site: Path, tmp_path: Path) -> None:
    assert written(tmp_path, POLICIES / "global", "--local", POLICIES / "domains/hr").return_value == 0
    files = sorted(path.relative_to(site) for path in site.rglob("*") if path.is_file())
    assert all((tmp_path / "site" / file).read_bytes() == (site / file).read_bytes() for file in files)


def test_tests_beside_the_policies_are_their_examples(tmp_path: Path) -> None:
    (tmp_path / "acme.policy").write_text(HOSTILE, encoding="utf-8")
    (tmp_path / "acme.md").write_text(PAGE, encoding="utf-8")
    assert written(tmp_path, tmp_path / "acme.policy").return_value == 0
    found = json.loads((tmp_path / "site/catalogue.json").read_text(encoding="utf-8"))
    (example,) = found["policies"][0]["examples"]
    assert example["name"] == "A field without a description is refused"
    assert [block["kind"] for block in example["blocks"]] == ["product", "expect"]
    page = (tmp_path / "site/policies/acme.hostile.html").read_text(encoding="utf-8")
    assert "fail acme.hostile.described orders.id" in page


def test_nothing_in_a_policy_becomes_markup_or_runs(tmp_path: Path) -> None:
    (tmp_path / "acme.policy").write_text(HOSTILE, encoding="utf-8")
    assert written(tmp_path, tmp_path / "acme.policy", "--title", "<script>x</script>").return_value == 0
    for path in (tmp_path / "site").rglob("*.html"):
        page = Page(path.read_text(encoding="utf-8"))
        assert not page.tags & {"script", "img", "b", "i", "iframe"}, path
        assert not any("://" in link or link.startswith("//") for link in page.links), path


def test_a_folder_that_holds_something_else_is_left_alone(tmp_path: Path) -> None:
    kept = tmp_path / "site" / "thesis.txt"
    kept.parent.mkdir()
    kept.write_text("years of work")
    result = written(tmp_path, POLICIES / "global")
    assert "holds something else" in str(result.exception)
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == ["thesis.txt"]


def test_a_catalogue_is_replaced_as_a_whole(tmp_path: Path) -> None:
    (tmp_path / "acme.policy").write_text(HOSTILE, encoding="utf-8")
    assert written(tmp_path, tmp_path / "acme.policy").return_value == 0
    assert written(tmp_path, POLICIES / "global").return_value == 0
    assert not (tmp_path / "site/policies/acme.hostile.html").exists()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["acme.policy", "site"]


def test_the_folder_in_which_one_is_does_not_vanish(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "site").mkdir()
    monkeypatch.chdir(tmp_path / "site")
    for name in (".", "", "../site"):
        arguments = ["docs", str(POLICIES / "global"), "-o", name]
        result = CliRunner().invoke(main, arguments, standalone_mode=False)
        assert "is the folder in which you are" in str(result.exception)
    assert not list((tmp_path / "site").iterdir())


def test_a_catalogue_that_is_interrupted_leaves_the_old_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "acme.policy").write_text(HOSTILE, encoding="utf-8")
    assert written(tmp_path, tmp_path / "acme.policy").return_value == 0
    renames: list[Path] = []
    rename = Path.rename

    def interrupted(self: Path, target: Path) -> Path:
        renames.append(target)
        if len(renames) == 2:
            raise KeyboardInterrupt
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", interrupted)
    written(tmp_path, POLICIES / "global")
    assert len(renames) == 3
    assert (tmp_path / "site/policies/acme.hostile.html").exists()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["acme.policy", "site"]


def test_policies_with_errors_make_no_catalogue(tmp_path: Path) -> None:
    (tmp_path / "acme.policy").write_text("package acme\npolicy p {", encoding="utf-8")
    result = written(tmp_path, tmp_path / "acme.policy")
    assert "the policies have" in str(result.exception)
    assert not (tmp_path / "site").exists()
