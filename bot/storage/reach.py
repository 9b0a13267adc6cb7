"""The number somebody agreed to be reached at, for what must arrive outside a chat."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage import chats, leads, network
from bot.storage.crypt import Cipher
from bot.storage.linking import kin
from bot.storage.network_schema import collectors, staff_chats
from bot.storage.network_schema import leads as leads_table
from handlers.messages import Address


async def phone_of(connection: AsyncConnection, cipher: Cipher, address: Address) -> str | None:
    """Return a collector's own number, or that of a citizen's newest lead in any chat of hers, or None."""
    his = select(collectors.c.code, collectors.c.phone).join(
        staff_chats, staff_chats.c.collector_id == collectors.c.id
    )
    staff = (await connection.execute(his.where(chats.at(staff_chats, address)))).first()
    if staff is not None:
        return cipher.open(staff.phone, network.phone_place(staff.code))
    hers = (
        select(leads_table.c.id, leads_table.c.phone)
        .where(chats.among(leads_table, await kin(connection, address)), leads_table.c.phone.is_not(None))
        .order_by(leads_table.c.id.desc())
        .limit(1)
    )
    lead = (await connection.execute(hers)).first()
    return cipher.open(lead.phone, leads.place("phone", lead.id)) if lead is not None else None
