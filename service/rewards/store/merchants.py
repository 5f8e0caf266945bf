"""SQL of merchants, stores and terminals."""

import re

from sqlmodel import Session

from service.core.database import Row, execute, fetch_all, fetch_one
from service.core.paging import Page, bad_cursor
from service.core.texts import Text
from service.rewards.domain.offers import Merchant, Store, Terminal

_ID = re.compile(r"-?[0-9]{1,16}", re.ASCII)

_NEXT = "SELECT nextval(%s::regclass)"

_INSERT_MERCHANT = """
INSERT INTO merchant (merchant_id, code, name_zh, name_en, created_at) VALUES (%s, %s, %s, %s, %s)
ON CONFLICT (code) DO NOTHING
"""
_INSERT_STORE = """
INSERT INTO store (store_id, merchant_id, code, name_zh, name_en, created_at) VALUES (%s, %s, %s, %s, %s, %s)
ON CONFLICT (merchant_id, code) DO NOTHING
"""
_INSERT_TERMINAL = """
INSERT INTO terminal (terminal_id, store_id, code, key_id, created_at) VALUES (%s, %s, %s, %s, %s)
ON CONFLICT (store_id, code) DO NOTHING
"""
_INSERT_TYPING = "INSERT INTO terminal_typing (terminal_id, wrong_codes) VALUES (%s, 0)"

_MERCHANT = "SELECT merchant_id, code, name_zh, name_en, created_at FROM merchant"
_STORE = "SELECT store_id, merchant_id, code, name_zh, name_en, created_at FROM store"
_TERMINAL = """
SELECT terminal.terminal_id, terminal.store_id, store.merchant_id, terminal.code, terminal.key_id,
       terminal.created_at
FROM terminal JOIN store ON store.store_id = terminal.store_id
"""
_FIND_MERCHANT = f"{_MERCHANT} WHERE merchant_id = %s"
_FIND_STORE = f"{_STORE} WHERE store_id = %s"
_FIND_TERMINAL = f"{_TERMINAL} WHERE terminal.terminal_id = %s"
_STORE_IDS = "SELECT store_id FROM store WHERE merchant_id = %s"
# Merchants count downwards, so newer ones follow older ones in every list.
_LIST_MERCHANTS = f"{_MERCHANT} WHERE merchant_id < %s ORDER BY merchant_id DESC LIMIT %s"
_LIST_STORES = f"{_STORE} WHERE store_id > %s ORDER BY store_id LIMIT %s"
_LIST_TERMINALS = f"{_TERMINAL} WHERE terminal.terminal_id > %s ORDER BY terminal.terminal_id LIMIT %s"


def next_id(session: Session, kind: str) -> int:
    """Return a fresh id for a ``merchant``, ``store``, ``terminal`` or ``offer``."""
    found = fetch_one(session, _NEXT, (f"{kind}_id_seq",))
    assert found is not None, "a sequence always answers"  # noqa: S101 - for the type checker
    return int(found[0])


def insert_merchant(session: Session, merchant: Merchant) -> bool:
    """Add a merchant; ``False`` when its code is taken."""
    name = merchant.name
    row = (merchant.merchant_id, merchant.code, name.zh, name.en, merchant.created_at)
    return execute(session, _INSERT_MERCHANT, row) == 1


def insert_store(session: Session, store: Store) -> bool:
    """Add a store; ``False`` when its merchant has another of that code."""
    name = store.name
    row = (store.store_id, store.merchant_id, store.code, name.zh, name.en, store.created_at)
    return execute(session, _INSERT_STORE, row) == 1


def insert_terminal(session: Session, terminal: Terminal) -> bool:
    """Add a terminal with its typing lock; ``False`` when its store has another of that code."""
    row = (terminal.terminal_id, terminal.store_id, terminal.code, terminal.key_id, terminal.created_at)
    if execute(session, _INSERT_TERMINAL, row) != 1:
        return False
    execute(session, _INSERT_TYPING, (terminal.terminal_id,))
    return True


def find_merchant(session: Session, merchant_id: int) -> Merchant | None:
    """Return the merchant, if there is one."""
    found = fetch_one(session, _FIND_MERCHANT, (merchant_id,))
    return None if found is None else _merchant(found)


def find_store(session: Session, store_id: int) -> Store | None:
    """Return the store, if there is one."""
    found = fetch_one(session, _FIND_STORE, (store_id,))
    return None if found is None else _store(found)


def get_terminal(session: Session, terminal_id: int) -> Terminal:
    """Return the terminal that identity has let in.

    Raises:
        LookupError: A key is registered for a terminal that does not exist.
    """
    found = fetch_one(session, _FIND_TERMINAL, (terminal_id,))
    if found is None:
        message = f"no terminal {terminal_id}"
        raise LookupError(message)
    return _terminal(found)


def list_store_ids(session: Session, merchant_id: int) -> list[int]:
    """Return the ids of the merchant's stores."""
    return [store_id for (store_id,) in fetch_all(session, _STORE_IDS, (merchant_id,))]


def list_merchants(session: Session, page: Page) -> list[Merchant]:
    """Return one page of merchants, oldest first."""
    return [_merchant(row) for row in fetch_all(session, _LIST_MERCHANTS, (after_id(page), page.limit))]


def list_stores(session: Session, page: Page) -> list[Store]:
    """Return one page of stores, oldest first."""
    return [_store(row) for row in fetch_all(session, _LIST_STORES, (after_id(page), page.limit))]


def list_terminals(session: Session, page: Page) -> list[Terminal]:
    """Return one page of terminals, oldest first."""
    return [_terminal(row) for row in fetch_all(session, _LIST_TERMINALS, (after_id(page), page.limit))]


def after_id(page: Page) -> int:
    """Return the id that the page follows; 0 stands before every id, merchants' negative ones included.

    Raises:
        InvalidRequest: The cursor is not one of ours.
    """
    key = page.key(1)
    if key is None:
        return 0
    if not _ID.fullmatch(key[0]):
        raise bad_cursor()
    return int(key[0])


def _merchant(row: Row) -> Merchant:
    merchant_id, code, name_zh, name_en, created_at = row
    return Merchant(merchant_id, code, Text(name_zh, name_en), created_at)


def _store(row: Row) -> Store:
    store_id, merchant_id, code, name_zh, name_en, created_at = row
    return Store(store_id, merchant_id, code, Text(name_zh, name_en), created_at)


def _terminal(row: Row) -> Terminal:
    return Terminal(*row)
