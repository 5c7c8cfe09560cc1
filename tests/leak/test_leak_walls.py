"""Walls 2 and 4: undeclared columns never enter, and what leaves is a new table that tells nothing of the old one."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from tinycity import CANARY, CRS, X, Y, declare

from gispipe.audience import InternalTable, PublicTable, publish
from gispipe.catalogue import load_catalogue
from gispipe.errors import LeakStopped
from gispipe.model import Column, Layer, Source
from gispipe.store import Store


def layer(audience: str = "public", key: tuple[str, ...] = (), geometry: bool = True) -> Layer:
    columns = {"a": Column(public=True), "b": Column(type="int", public=True), "secret": Column(), "rank": Column(type="int")}
    return Layer(id="x", title="x", audience=audience, kind="vector" if geometry else "table", geometry="point" if geometry else None,  # type: ignore[arg-type]
                 style="s" if geometry else None, key=key, source=Source(reader="csv", path="x.csv"), columns=columns)


def internal(rows: list[tuple[str | None, int | None, int]], geometry: bool = True) -> InternalTable:
    frame = pd.DataFrame({"a": pd.Series([a for a, _, _ in rows], dtype=object), "b": pd.array([b for _, b, _ in rows], dtype="Int64"),
                          "secret": [f"{CANARY}{k}" for k in range(len(rows))], "rank": pd.array(range(len(rows)), dtype="Int64")})
    shapes = np.array([shapely.Point(X + p, Y) if p >= 0 else None for _, _, p in rows] + [None], dtype=object)[:-1]
    return InternalTable("x", frame, shapes if geometry else None)


def test_only_open_columns_leave_in_their_declared_order() -> None:
    out = publish(internal([("い", 2, 1), ("あ", 1, 0)]), layer())
    assert isinstance(out, PublicTable) and list(out.frame.columns) == ["a", "b"]
    assert CANARY not in out.frame.to_csv() and out.frame.index.equals(pd.RangeIndex(2))


def test_a_column_that_is_not_declared_does_not_leave_even_when_it_is_there() -> None:
    table = internal([("い", 2, 1)])
    table.frame["undeclared"] = [CANARY]
    assert "undeclared" not in publish(table, layer()).frame.columns


def test_a_layer_that_does_not_say_public_cannot_leave() -> None:
    assert Layer(id="x", title="x", kind="table", source=Source(reader="csv", path="x.csv")).audience == "internal"
    for wrong in (layer("internal"), layer().model_copy(update={"id": "y"})):
        with pytest.raises(LeakStopped) as caught:
            publish(internal([("い", 2, 1)]), wrong)
        assert caught.value.exit_status == 25


def test_the_public_table_is_a_new_one() -> None:
    before = internal([("い", 2, 1), ("あ", 1, 0)])
    out = publish(before, layer())
    out.frame.loc[0, "a"] = "changed"
    assert out.geometry is not None and before.geometry is not None
    out.geometry[0] = None
    assert before.frame["a"].tolist() == ["い", "あ"] and all(g is not None for g in before.geometry)
    before.frame.loc[1, "b"] = 99
    assert 99 not in out.frame["b"].tolist()


rows = st.lists(st.tuples(st.sampled_from(["あ", "い", None]), st.sampled_from([1, 2, None]), st.integers(-1, 2)), max_size=8)


@settings(max_examples=80)
@given(rows, st.randoms(use_true_random=False), st.sampled_from([(), ("a",), ("a", "b"), ("rank",)]), st.booleans())
def test_the_public_order_says_nothing_about_the_internal_order(values: list[tuple[str | None, int | None, int]], random: object, key: tuple[str, ...], geometry: bool) -> None:
    shuffled = list(values)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    one, other = (publish(internal(v, geometry), layer(key=key, geometry=geometry)) for v in (values, shuffled))
    pd.testing.assert_frame_equal(one.frame, other.frame)
    if geometry:
        assert one.geometry is not None and other.geometry is not None
        assert shapely.to_wkb(one.geometry).tolist() == shapely.to_wkb(other.geometry).tolist()


def test_each_store_takes_its_own_kind_of_table_only(tmp_path: Path) -> None:
    table = internal([("い", 2, 1)])
    with pytest.raises(TypeError, match="public store takes PublicTable only"):
        Store(tmp_path, "public").write(table, CRS)
    with pytest.raises(TypeError, match="internal store takes InternalTable only"):
        Store(tmp_path, "internal").write(publish(table, layer()), CRS)
    assert not list(tmp_path.rglob("*.parquet"))


def test_a_store_gives_back_what_it_took_under_the_digest_of_its_bytes(tmp_path: Path) -> None:
    store, table = Store(tmp_path, "internal"), internal([("髙﨑", None, 1), (None, 2, -1)])
    version = store.write(table, CRS)
    assert store.write(table, CRS) == version and len(list(tmp_path.rglob("*.parquet"))) == 1
    back = store.read_version("x", version)
    assert [[None if pd.isna(v) else v for v in row] for row in back.frame.to_numpy()] == [["髙﨑", None, f"{CANARY}0", 0], [None, 2, f"{CANARY}1", 1]]
    assert back.geometry is not None and table.geometry is not None and back.geometry[1] is None and back.geometry[0].equals(table.geometry[0])
    assert not list(tmp_path.rglob(".draft*"))


def test_the_manifest_is_the_old_one_until_it_is_replaced(tmp_path: Path) -> None:
    store = Store(tmp_path, "internal")
    store.commit({"x": {"version": "1"}})
    store.write(internal([("い", 2, 1)]), CRS)
    assert store.manifest() == {"x": {"version": "1"}}


def test_undeclared_columns_of_a_source_never_enter_the_store(finished_city: Path) -> None:
    manifest = Store(finished_city / "output", "internal").manifest()
    for layer_id in ("flood", "parcel", "shelter"):
        columns = set(Store(finished_city / "output", "internal").read(layer_id).frame.columns)
        assert columns == set(load_catalogue(finished_city).layers[layer_id].all_columns()), layer_id
    assert "地権者" not in Store(finished_city / "output", "internal").read("parcel").frame.columns and set(manifest) == {"flood", "parcel", "shelter", "photo"}


def test_the_public_store_holds_open_columns_only(finished_city: Path) -> None:
    store = Store(finished_city / "output", "public")
    assert {name: set(store.read(name).frame.columns) for name in ("flood", "parcel", "shelter")} == {
        "flood": {"rank", "river"}, "parcel": {"lot", "worst"}, "shelter": {"name", "capacity"}}
    manifest = (store.root / "manifest.json").read_text("utf-8")
    assert "ledger" not in manifest and "joins" not in manifest and '"base"' not in manifest
    assert not any(CANARY.encode() in path.read_bytes() for path in store.root.rglob("*.parquet"))


def test_an_internal_map_of_everything_is_declared_and_loads(tmp_path: Path) -> None:
    catalogue = load_catalogue(declare(tmp_path))
    assert [m.id for m in catalogue.maps_for("public")] == ["hazard"] and {m.id for m in catalogue.maps_for("internal")} == {"hazard", "parcels"}
