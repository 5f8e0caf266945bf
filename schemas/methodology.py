"""The wire of methods: what they say of themselves, their figures with sources, and the steps of a figure."""

from schemas.fields import (
    Choice,
    Day,
    Flag,
    Items,
    PageQuery,
    Part,
    PlainText,
    WholeNumber,
    Wire,
)

ITEMS_MAX = 500
WORD_MAX = 80
TEXT_MAX = 600
STATUSES = ("found", "derived", "placeholder")


class MethodsQuery(PageQuery):
    """The query of the list of methods."""


class FilingOut(Wire):
    """Whether an authority has filed the method."""

    state = Choice("none", "draft", "filed", required=True)
    number = PlainText(required=True, allow_none=True, max_length=WORD_MAX)
    authority = PlainText(required=True, allow_none=True, max_length=TEXT_MAX)


class MethodOut(Wire):
    """One version of a method, in short."""

    method_id = PlainText(required=True, max_length=WORD_MAX)
    version = WholeNumber(required=True, low=1)
    title = PlainText(required=True, max_length=TEXT_MAX)
    summary = PlainText(required=True, max_length=TEXT_MAX)
    activity_type = PlainText(required=True, max_length=WORD_MAX)
    sector = PlainText(required=True, max_length=WORD_MAX)
    klass = Choice("creditable", "incentive", required=True, data_key="class")
    filing = Part(FilingOut, required=True)
    mg_account = Choice(
        "creditable",
        "provisional",
        "incentive",
        required=True,
    )
    has_placeholder = Flag(required=True)
    placeholders = Items(PlainText(max_length=WORD_MAX), required=True, high=ITEMS_MAX)
    effective_from = Day(required=True)
    effective_until = Day(required=True, allow_none=True)
    digest = PlainText(required=True, max_length=64)


class MethodsOut(Wire):
    """A page of methods."""

    methods = Items(Part(MethodOut), required=True, high=ITEMS_MAX)
    next_after = PlainText(required=True, allow_none=True, max_length=400)


class InputOut(Wire):
    """A quantity that an activity must bring."""

    name = PlainText(required=True, max_length=WORD_MAX)
    title = PlainText(required=True, max_length=TEXT_MAX)
    unit = PlainText(required=True, max_length=WORD_MAX)
    low = WholeNumber(required=True)
    high = WholeNumber(required=True)


class BasisOut(Wire):
    """Where a figure comes from, and how far it holds for Kunming."""

    status = Choice(*STATUSES, required=True)
    source = PlainText(required=True, max_length=TEXT_MAX)
    year = WholeNumber(required=True, allow_none=True)
    region = PlainText(required=True, allow_none=True, max_length=TEXT_MAX)
    reference = PlainText(required=True, allow_none=True, max_length=TEXT_MAX)


class ParameterOut(BasisOut):
    """A figure of the method; its value is exact decimal text."""

    name = PlainText(required=True, max_length=WORD_MAX)
    title = PlainText(required=True, max_length=TEXT_MAX)
    value = PlainText(required=True, max_length=WORD_MAX)
    unit = PlainText(required=True, max_length=WORD_MAX)


class FormulaOut(Wire):
    """A declared step: one formula, one rounding."""

    name = PlainText(required=True, max_length=WORD_MAX)
    title = PlainText(required=True, max_length=TEXT_MAX)
    formula = PlainText(required=True, max_length=TEXT_MAX)
    unit = PlainText(required=True, max_length=WORD_MAX)
    rounding = Choice("down", "up", required=True)


class EvidenceOut(BasisOut):
    """What share of the reduction a kind of evidence is worth; exact decimal text."""

    kind = PlainText(required=True, max_length=WORD_MAX)
    title = PlainText(required=True, max_length=TEXT_MAX)
    share = PlainText(required=True, max_length=WORD_MAX)


class LimitOut(BasisOut):
    """A plausibility limit; an activity beyond it is refused with this code."""

    code = PlainText(required=True, max_length=WORD_MAX)
    measure = PlainText(required=True, max_length=WORD_MAX)
    per = PlainText(required=True, allow_none=True, max_length=WORD_MAX)
    side = Choice("at_least", "at_most", required=True)
    bound = PlainText(required=True, max_length=WORD_MAX)


class NaturalKeyOut(Wire):
    """Under which key an act is credited once."""

    fields_ = Items(PlainText(max_length=WORD_MAX), required=True, high=ITEMS_MAX, data_key="fields")
    bucket_s = WholeNumber(required=True, low=1)


class StepValueOut(Wire):
    """A value that went into a step; figures carry status, year and source, activity data do not."""

    name = PlainText(required=True, max_length=WORD_MAX)
    title = PlainText(required=True, max_length=TEXT_MAX)
    amount = PlainText(required=True, max_length=WORD_MAX)
    unit = PlainText(required=True, min_length=0, max_length=WORD_MAX)
    status = Choice(*STATUSES, required=True, allow_none=True)
    year = WholeNumber(required=True, allow_none=True)
    source = PlainText(required=True, allow_none=True, max_length=TEXT_MAX)
    reference = PlainText(required=True, allow_none=True, max_length=TEXT_MAX)


class StepOut(Wire):
    """One step of an explained figure: put the values into the formula, round as said, get the result."""

    name = PlainText(required=True, max_length=WORD_MAX)
    title = PlainText(required=True, max_length=TEXT_MAX)
    formula = PlainText(required=True, max_length=TEXT_MAX)
    substituted = PlainText(required=True, max_length=2_000)
    values_ = Items(Part(StepValueOut), required=True, high=ITEMS_MAX, data_key="values")
    result = WholeNumber(required=True, low=-(2**53))
    unit = PlainText(required=True, max_length=WORD_MAX)
    rounding = Choice("down", "up", required=True)


class GoldenOut(Wire):
    """A worked example that the method reproduces every time it is loaded."""

    evidence = PlainText(required=True, max_length=WORD_MAX)
    steps = Items(Part(StepOut), required=True, high=ITEMS_MAX)
    reduction_mg = WholeNumber(required=True)
    note = PlainText(required=True, max_length=TEXT_MAX)


class MethodWholeOut(MethodOut):
    """One version of a method, whole: anyone can recompute a figure from it."""

    scope = PlainText(required=True, max_length=TEXT_MAX)
    inputs = Items(Part(InputOut), required=True, high=ITEMS_MAX)
    parameters = Items(Part(ParameterOut), required=True, high=ITEMS_MAX)
    steps = Items(Part(FormulaOut), required=True, high=ITEMS_MAX)
    evidence = Items(Part(EvidenceOut), required=True, high=ITEMS_MAX)
    checks = Items(Part(LimitOut), required=True, high=ITEMS_MAX)
    natural_key = Part(NaturalKeyOut, required=True)
    golden = Items(Part(GoldenOut), required=True, high=ITEMS_MAX)
