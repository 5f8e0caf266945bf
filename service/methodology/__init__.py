"""Versioned methods and their figures; the quantifier. Methods are files, so there are no tables."""

from service.methodology.commands import commands
from service.methodology.domain.checks import Violation
from service.methodology.domain.figures import MgAccount
from service.methodology.domain.method import Method
from service.methodology.domain.plan import Step, StepValue
from service.methodology.domain.refusals import (
    EvidenceNotAccepted,
    MethodInputMissing,
    MethodInputOutOfBounds,
    MethodNotFound,
)
from service.methodology.routes import blueprints
from service.methodology.store.catalogue import CATALOGUE, Catalogue
from service.methodology.store.problems import CatalogueRefused, FileProblem
from service.methodology.wire import step_wire

__all__ = [
    "CATALOGUE",
    "Catalogue",
    "CatalogueRefused",
    "EvidenceNotAccepted",
    "FileProblem",
    "Method",
    "MethodInputMissing",
    "MethodInputOutOfBounds",
    "MethodNotFound",
    "MgAccount",
    "Step",
    "StepValue",
    "Violation",
    "blueprints",
    "commands",
    "step_wire",
]
