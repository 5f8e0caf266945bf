from service.core.context import Context
from tests.activities.intake import Partner, books, ride
from tests.identity.world import CitizenClient


def test_a_batch_becomes_reductions_and_points(partner: Partner, rider: CitizenClient, context: Context) -> None:
    batch = partner.deliver("B-1", [ride(1), ride(2, distance_m=1001), ride(3, subject_token="stranger")])

    assert batch["state"] == "done"
    assert batch["counts"] == {"accepted": 2, "rejected": 1, "duplicate": 0}
    assert batch["reasons"] == [{"outcome": "rejected", "code": "SUBJECT_UNKNOWN", "lines": 1}]
    assert books(context) == {
        "activities": (2, 185_400 + 61_861, 185 + 61),
        "events": (2,),
        "acts": (2,),
        "lines": (3,),
        "transfers": (4,),
        "wallets": (185_400 + 61_861, 185 + 61),
    }
