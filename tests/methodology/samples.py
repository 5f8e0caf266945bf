"""A small method file that tests change in one place, and a folder to put it in."""

import hashlib
from pathlib import Path

from service.methodology.domain.method import Method
from service.methodology.store.problems import FileProblem
from service.methodology.store.reading import read_method

SMALL = """\
format: 1
method_id: walk
version: 1
title: {zh: 步行, en: Walk}
summary: {zh: 示例, en: Sample}
scope: {zh: 示例, en: Sample}
activity_type: walk_trip
sector: travel
class: creditable
filing:
  state: none
effective_from: 2026-01-01
inputs:
  - name: distance_m
    title: {zh: 距离, en: Distance}
    unit: m
    low: 1
    high: 1000
  - name: duration_s
    title: {zh: 时长, en: Duration}
    unit: s
    low: 1
    high: 3600
parameters:
  - name: per_km
    title: {zh: 因子, en: Factor}
    value: 0.1
    unit: kgCO2/km
    status: found
    source: {zh: 甲, en: A}
steps:
  - name: baseline
    title: {zh: 基准线, en: Baseline}
    formula: distance_m * per_km
    unit: mgCO2
    rounding: down
  - name: reduction
    title: {zh: 减排量, en: Reduction}
    formula: as_co2e(baseline)
    unit: mgCO2e
    rounding: down
evidence:
  - kind: gps
    title: {zh: 轨迹, en: Track}
    share: 1
    status: found
    source: {zh: 甲, en: A}
checks:
  - code: TOO_FAST
    measure: distance_m
    per: duration_s
    at_most: {value: 7.2, unit: km/h}
    status: placeholder
    source: {zh: 甲, en: A}
natural_key:
  fields: [citizen_id, started_at]
  bucket_s: 60
golden:
  - inputs: {distance_m: 10, duration_s: 60}
    evidence: gps
    steps: {baseline: 1000, reduction: 1000}
    reduction_mg: 1000
    note: {zh: 手算, en: By hand}
"""

FILED = "  state: filed\n  number: 1号\n  authority: {zh: 某局, en: An authority}"


def small(*changes: tuple[str, str]) -> str:
    """Return the small file with some places changed; each must be there exactly once."""
    text = SMALL
    for old, new in changes:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return text


def judged(text: str, file: str = "walk.v1.yaml") -> tuple[Method | None, list[FileProblem]]:
    """Read a method file."""
    return read_method(file, text.encode())


def built(*changes: tuple[str, str]) -> Method:
    """Return the small method with some places changed."""
    method, problems = judged(small(*changes))
    assert method is not None, [str(problem) for problem in problems]
    return method


def publish(folder: Path, *texts: str, file: str = "walk.v{version}.yaml") -> Path:
    """Write method files into ``folder`` as published ones, versions 1, 2, 3."""
    lines = []
    for version, text in enumerate(texts, start=1):
        name = file.format(version=version)
        content = text.replace("version: 1\n", f"version: {version}\n").encode()
        folder.joinpath(name).write_bytes(content)
        lines.append(f"{hashlib.sha256(content).hexdigest()}  {name}\n")
    folder.joinpath("digests.lock").write_text("".join(lines))
    return folder
