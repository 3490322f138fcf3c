# What the fuzzer cannot know: requirements between parameters, which JSON Schema does not express.
import collections
import os
import uuid

import schemathesis
from schemathesis.generation import GenerationMode
from schemathesis.generation.meta import TestPhase

# Refusals of data that fits the description, each for a reason that the description gives in words.
UNSAYABLE = {
    "request.cursor-invalid",  # cursors come from answers
    "request.parameter-conflict",  # after and before
    "request.parameter-needs",  # sort and limit of aggregates need groupBy
    "request.repeated-output",  # one relation selected twice in different ways
    "request.repeated-parameter",
    "request.not-sortable",  # one field in both directions
    "request.page-too-large",  # limits multiply
    "values.unique-in-bulk",  # one value for many rows
}


# The combinations of the parts of one operation: in each run these many and every tenth of the others, with PLINTH_TEST_LONG all.
TRIED = 60
MET = collections.Counter()


@schemathesis.hook
def filter_case(context, case):
    if "PLINTH_TEST_LONG" in os.environ or case.meta is None or case.meta.phase.name is not TestPhase.COVERAGE:
        return True
    label = case.operation.label
    MET[label] += 1
    return MET[label] <= TRIED or MET[label] % 10 == 0


# Lists of thirty texts, each made from a pattern that names all fields, take nine tenths of the fuzzer's time: the longest come with PLINTH_TEST_LONG.
@schemathesis.hook
def before_load_schema(context, raw_schema):
    if "PLINTH_TEST_LONG" in os.environ:
        return
    for path in raw_schema["paths"].values():
        for operation in path.values():
            for parameter in operation.get("parameters", []) if isinstance(operation, dict) else []:
                schema = parameter.get("schema", {})
                if "pattern" in schema.get("items", {}):
                    schema.pop("maxItems", None)


def is_positive(case):
    return case.meta is not None and case.meta.generation.mode is GenerationMode.POSITIVE


@schemathesis.hook
def before_call(context, case, kwargs):
    if not is_positive(case) or not case.headers:
        return
    # Each request is a new one. (The fuzzer also loses the quotes of values that it makes from a pattern.)
    if "Idempotency-Key" in case.headers:
        case.headers["Idempotency-Key"] = f'"{uuid.uuid4()}"'
    if "If-Match" in case.headers:
        case.headers["If-Match"] = '"1.x"'


@schemathesis.check
def accepts_what_is_described(ctx, response, case):
    if not is_positive(case) or response.status_code not in (400, 405, 406, 413, 415, 422):
        return
    code = response.json().get("code")
    # With `on` the body is one object and holds those fields.
    if "on" in (case.query or {}) and code in ("values.required", "request.body-wrong-shape"):
        return
    assert code in UNSAYABLE, f"{response.status_code} {code}: what is described was refused: {response.text}"
