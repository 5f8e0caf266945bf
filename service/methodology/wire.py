"""Methods and steps as they go over the wire, in the reader's language."""

from service.core.texts import Language, Text
from service.methodology.domain.checks import Limit
from service.methodology.domain.figures import Basis, EvidenceTier, GoldenVector, Parameter
from service.methodology.domain.method import Method
from service.methodology.domain.plan import Step, StepValue

Wired = dict[str, object]


def method_wire(method: Method, language: Language) -> Wired:
    """Return a method in short."""
    until = method.effective_until
    return {
        "method_id": method.method_id,
        "version": method.version,
        "title": method.title.say(language),
        "summary": method.summary.say(language),
        "activity_type": method.activity_type,
        "sector": method.sector,
        "class": method.klass,
        "filing": {
            "state": method.filing.state,
            "number": method.filing.number,
            "authority": _said(method.filing.authority, language),
        },
        "mg_account": method.mg_account(),
        "has_placeholder": method.has_placeholder,
        "placeholders": list(method.placeholders),
        "effective_from": method.effective_from.isoformat(),
        "effective_until": None if until is None else until.isoformat(),
        "digest": method.digest,
    }


def whole_method_wire(method: Method, language: Language) -> Wired:
    """Return a method with everything a reader needs to recompute a figure."""
    return {
        **method_wire(method, language),
        "scope": method.scope.say(language),
        "inputs": [
            {
                "name": each.name,
                "title": each.title.say(language),
                "unit": each.unit.symbol,
                "low": each.low,
                "high": each.high,
            }
            for each in method.inputs
        ],
        "parameters": [_parameter_wire(each, language) for each in method.parameters],
        "steps": [
            {
                "name": each.name,
                "title": each.title.say(language),
                "formula": each.formula,
                "unit": each.unit,
                "rounding": each.rounding,
            }
            for each in method.plan.steps
        ],
        "evidence": [_tier_wire(each, language) for each in method.evidence],
        "checks": [_limit_wire(each, language) for each in method.limits],
        "natural_key": {"fields": list(method.natural_key.fields), "bucket_s": method.natural_key.bucket_s},
        "golden": [_golden_wire(method, each, language) for each in method.golden],
    }


def step_wire(step: Step, language: Language) -> Wired:
    """Return one step of an explained figure."""
    return {
        "name": step.name,
        "title": step.title.say(language),
        "formula": step.formula,
        "substituted": step.substituted,
        "values": [_value_wire(each, language) for each in step.values],
        "result": step.result,
        "unit": step.unit,
        "rounding": step.rounding,
    }


def _value_wire(value: StepValue, language: Language) -> Wired:
    return {
        "name": value.name,
        "title": value.title.say(language),
        "amount": value.amount,
        "unit": value.unit,
        "status": value.status,
        "year": value.year,
        "source": _said(value.source, language),
        "reference": value.reference,
    }


def _parameter_wire(figure: Parameter, language: Language) -> Wired:
    return {
        "name": figure.name,
        "title": figure.title.say(language),
        "value": figure.written,
        "unit": figure.unit.symbol,
        **_basis_wire(figure.basis, language),
    }


def _tier_wire(tier: EvidenceTier, language: Language) -> Wired:
    return {
        "kind": tier.kind,
        "title": tier.title.say(language),
        "share": tier.written,
        **_basis_wire(tier.basis, language),
    }


def _limit_wire(limit: Limit, language: Language) -> Wired:
    return {
        "code": limit.code,
        "measure": limit.measure,
        "per": limit.per,
        "side": "at_least" if limit.at_least else "at_most",
        "bound": limit.written,
        **_basis_wire(limit.basis, language),
    }


def _golden_wire(method: Method, vector: GoldenVector, language: Language) -> Wired:
    steps = method.explain(vector.inputs, vector.evidence)
    return {
        "evidence": vector.evidence,
        "steps": [step_wire(step, language) for step in steps],
        "reduction_mg": vector.reduction_mg,
        "note": vector.note.say(language),
    }


def _basis_wire(basis: Basis, language: Language) -> Wired:
    return {
        "status": basis.status,
        "source": basis.source.say(language),
        "year": basis.year,
        "region": _said(basis.region, language),
        "reference": basis.reference,
    }


def _said(text: Text | None, language: Language) -> str | None:
    return None if text is None else text.say(language)
