"""Whether anybody has the recovery key on paper: kept in the vault, with the slot it is about."""

from pathlib import Path

import pytest
from vaults import make_vault, totp

from watchword.vault import CHEAPEST, LockedVault, NotSaved, durable, slots


def test_it_is_unconfirmed_from_the_first_save_until_it_is_confirmed(tmp_path: Path) -> None:
    made = make_vault(tmp_path, totp("one"))
    slot_id = slots.unconfirmed_recovery_key(made.open_again())
    assert slot_id == next(slot.id for slot in made.vault.slots if slot.kind == "recovery")
    slots.confirm_recovery_key(made.vault, "another slot")
    assert slots.unconfirmed_recovery_key(made.vault) == slot_id
    slots.confirm_recovery_key(made.vault, slot_id)
    made.vault.save()
    assert slots.unconfirmed_recovery_key(made.open_again()) == ""
    slots.confirm_recovery_key(made.vault, "")
    assert not made.vault.dirty


def test_a_new_key_is_unconfirmed_with_the_save_that_adds_it(tmp_path: Path) -> None:
    made = make_vault(tmp_path)
    slots.confirm_recovery_key(made.vault, slots.unconfirmed_recovery_key(made.vault))
    key = slots.add_recovery_key(made.vault, made.clock, cost=CHEAPEST)
    opened = LockedVault(made.path).unlock_with_recovery_key(key, clock=made.clock)
    (slot_id,) = (slot.id for slot in opened.slots if slot.kind == "recovery")
    assert slots.unconfirmed_recovery_key(opened) == slot_id
    slots.remove_slot(opened, slot_id)
    assert slots.unconfirmed_recovery_key(made.open_again()) == ""


def test_a_key_that_is_not_saved_changes_nothing_of_it(tmp_path: Path) -> None:
    made = make_vault(tmp_path)
    before = slots.unconfirmed_recovery_key(made.vault)

    def fail(_: int) -> None:
        raise OSError(28, "No space left on device")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(durable, "settle_file", fail)
        with pytest.raises(NotSaved):
            slots.add_recovery_key(made.vault, made.clock, cost=CHEAPEST)
    assert slots.unconfirmed_recovery_key(made.vault) == before
    # Nobody is asked about a change that there is not.
    assert not made.vault.dirty
    made.vault.save()
    assert slots.unconfirmed_recovery_key(made.open_again()) == before
