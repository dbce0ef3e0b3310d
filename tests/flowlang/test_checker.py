"""The static check: right expressions give no problem, wrong ones exactly one, at its place and in plain words."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from checked_flows import problems_of_values

from flowslot.flowlang.sandbox import Sandbox

VALID = (
    "=trigger.order.id",
    '=trigger["order"]["id"]',
    "=trigger.order.lines[0].sku",
    "=trigger.order.lines[-1]",
    '=trigger.order["ship-to"].upper()',
    "=trigger.order.total * 1.19",
    "=trigger.order.total > config.limit and not trigger.order.paid",
    "=len(trigger.order.lines)",
    "=[line.sku for line in trigger.order.lines if line.qty > 1]",
    "=sum(line.qty * line.price for line in trigger.order.lines)",
    "=sum(line.price for line in trigger.order.lines) / len(trigger.order.lines)",
    "=max(trigger.order.lines, key=lambda line: line.price).sku",
    "=sorted(trigger.order.lines, key=lambda line: (line.kind, -line.qty))",
    "=sorted(trigger.order.lines, key=lambda line: line.note or '')",
    "={line.sku: line.qty for line in trigger.order.lines}",
    "={line.sku: line for line in trigger.order.lines}['a'].price",
    "=next((line for line in trigger.order.lines if line.sku == 'a'), None)",
    "=next((line.qty for line in trigger.order.lines if line.sku == 'a'), 0) + 1",
    "=', '.join(line.sku for line in trigger.order.lines)",
    "=', '.join(tag.upper() for line in trigger.order.lines for tag in line.tags)",
    "=[line.items for line in trigger.order.lines]",
    "=[x for line in trigger.order.lines for x in (line.sku, line.note) if x]",
    "=trigger.order.customer.country or 'DE'",
    "=trigger.order.customer.vat.strip() if trigger.order.customer.vat else ''",
    "=trigger.order.customer.vat is not None and trigger.order.customer.vat.startswith('DE')",
    "=trigger.order.customer.address.zip if trigger.order.customer.address else None",
    "=trigger.order.customer.address and trigger.order.customer.address.zip",
    "=[line.delivery.date for line in trigger.order.lines if line.delivery]",
    "=[line.note.lower() for line in trigger.order.lines if line.note is not None]",
    "=(trigger.order.discount or 0) * 2",
    "=trigger.order.total - (trigger.order.discount if trigger.order.discount is not None else 0)",
    "=trigger.order.customer.country in ('DE', 'FR')",
    "=trigger.order.customer.country == None",
    "=trigger.rates['EUR'] * 2",
    "=trigger.rates.get('EUR', 1) * 2",
    "=trigger.rates.get(trigger.order.id) or 1",
    "=sum(trigger.rates.values())",
    "={k: v * 2 for k, v in trigger.rates.items()}",
    "=sum(trigger.totals.values())",
    "=[k.upper() for k, v in trigger.totals.items() if v * 2 > 1]",
    "=sorted(trigger.rates.keys())",
    "=list(trigger.rates)",
    "=trigger.anything.foo[0].bar.upper() + 'x'",
    "=[x.a * x.b for x in trigger.anything]",
    "=trigger.anything + 1",
    "=trigger.mixed",
    "=trigger.mixed.upper() if isinstance(trigger.mixed, str) else trigger.mixed + 1",
    "=str(trigger.mixed)",
    "=trigger.open.a",
    "=(trigger.open.a or 0) + 1",
    "=trigger.open.whatever.foo + 1",
    "=trigger.choice.x or trigger.choice.y",
    "=all(trigger.flags) or any(not flag for flag in trigger.flags)",
    "=trigger.tree.value if trigger.tree else None",
    "=trigger.tree.child.child.value if trigger.tree and trigger.tree.child else 0",
    "=config.region == 'EU'",
    "={'EU': 1, 'US': 2}[config.region] + 1",
    "={'EU': {'rate': 1}, 'US': {'rate': 2}}[config.region].rate + 1",
    "={'a': 1, 'b': 2}.get(trigger.order.id, 0) + 1",
    "=[{'sku': l.sku, 'n': l.qty} for l in trigger.order.lines][0].n + 1",
    "=sorted([{'sku': l.sku, 'n': l.qty} for l in trigger.order.lines], key=lambda x: x.n * 2)[0].sku.lower()",
    "={**trigger.order, 'extra': 1}",
    "={**trigger.order.customer, 'n': 1}.name.upper()",
    "=(trigger.order.customer | {'n': 1}).name.upper()",
    "=dict(trigger.order.customer, n=1)",
    "=dict(zip(['a'], [1]))",
    "=len({line.sku for line in trigger.order.lines})",
    "=isinstance(trigger.anything, dict) and trigger.anything.x",
    "=run.started_at[:10] + run.workspace",
    "=run.version + 1",
    "=steps.table[trigger.order.customer.country or 'DE'] * 2",
    "=steps.table.DE + 1",
    "=steps.table.get(trigger.order.id, 0)",
    "=steps.label.upper()",
    "=steps.mapped[0].sku.lower()",
    "=sum(line.total for line in steps.mapped)",
    "=sum(line.exact for line in steps.mapped) * 1.5",
    "=steps.maybe.n if steps.maybe else 0",
    "=(steps.maybe or {'n': 0}).n + 1",
    "=steps.day.upper()",
    "=steps.called.status == 200 and steps.called.body.items[0].id",
    "=steps.called.headers['content-type'].lower()",
    "=decimal(trigger.order.total) * 2 + 1",
    "=round_half_up(trigger.order.total, 2) > 5",
    "=sum((decimal(l.price) for l in trigger.order.lines), decimal(0))",
    "=[{'a': decimal(l.price), 'b': date(2026, 1, 1)} for l in trigger.order.lines]",
    "=parse_date(trigger.order.id) + timedelta(days=30) > date(2026, 1, 1)",
    "=(parse_datetime(run.started_at) - timedelta(hours=1.5)).isoformat()",
    "=to_zone(run.started_at, 'Europe/Berlin').strftime('%d.%m.%Y')",
    "=date(2026, 1, 31).year + 1",
    "=datetime(2026, 1, 1, tzinfo=timezone.utc)",
    "=(date(2026, 1, 31) - date(2026, 1, 1)).days",
    "=re.sub('[^0-9]', '', trigger.order.id)",
    "=re.search('a', trigger.order.id) is not None",
    "=math.floor(trigger.order.total) % 2 == 0",
    "=f'{trigger.order.id}: {trigger.order.total:.2f} {trigger.order.customer.vat}'",
    "='%s-%d' % (trigger.order.id, trigger.order.lines[0].qty)",
    "=list(map(lambda line: line.qty * 2, trigger.order.lines))",
    "=list(filter(lambda line: line.qty > 2, trigger.order.lines))[0].sku",
    "=[n + 1 for n, line in enumerate(trigger.order.lines)]",
    "=[a.sku + b for a, b in zip(trigger.order.lines, trigger.order.previous or [])]",
    "=list(map(str.upper, trigger.order.lines[0].tags))",
    "=trigger.order.id.split('-')[0].zfill(5)",
    "=uuid(trigger.order.id) + hmac_sha256('k', trigger.order.id) + base64(trigger.order.id)",
    "=json_loads('{}').anything.at.all",
    "=json_dumps(trigger.order)",
    "=[*trigger.order.lines, trigger.order.lines[0]]",
    "=(trigger.order.lines + trigger.order.lines)[0].sku",
    "=trigger.order.lines[0:2][0].sku[1:]",
    "=-trigger.order.lines[0].qty ** 2 // 3",
    "='x' * trigger.order.lines[0].qty",
    "=tuple(trigger.order.lines[0].tags)",
    "=(1, 'a')",
    "=divmod(trigger.order.lines[0].qty, 2)[0]",
    "=trigger.order.id.partition('-')[2]",
    "=round(trigger.order.total) + 1",
    "=int(trigger.order.id) + float(trigger.order.id)",
    "=trigger.order.total if trigger.order.paid else 'open'",
    "Hello {{ trigger.order.customer.vat }} {{ trigger.order.lines }} {{ 1 + 1 }}",
    {"a": {"b": ["=trigger.order.id", 1, None, "x"]}, "class": "=trigger.order.total"},
)


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    found = Sandbox(1)
    yield found
    found.close()


def test_a_right_expression_gives_no_problem(sandbox: Sandbox) -> None:
    found = problems_of_values(VALID, sandbox)
    wrong = [(value, problems) for value, problems in zip(VALID, found, strict=True) if problems]
    assert not wrong, "\n".join(f"{value}: {[p.message for p in problems]}" for value, problems in wrong)


def test_the_table_of_right_expressions_is_long_enough() -> None:
    assert len(VALID) >= 60
