"""Where to look after the day: addresses, sample tokens, and curl lines that work as they stand."""

from rich.console import Console

from service.core.texts import Language, Text
from service.demo import street
from service.demo.calendar import DEMO_DAY
from service.demo.carriers import uploads_of
from service.demo.day import Day
from service.demo.office import LOGIN
from service.demo.partners import PARTNERS


def show_addresses(console: Console, day: Day, language: Language) -> None:
    """Print what a person can try now; lines are not wrapped, so that they can be copied."""
    base = f"http://127.0.0.1:{day.service.port}"
    used = [one for one in day.ordered if one.code == "" and one.errand.store is not None]
    phone = street.refresh(day.door, day.phones[used[0].errand.citizen.index])
    partner = PARTNERS[0]
    batches = uploads_of(
        day.world.scenario.tag, [one for one in day.world.week.deliveries if one.partner is partner]
    )
    target = batches[0].target
    key = day.folder.key_file(partner.code)
    merchant_id = day.office.merchant_ids[day.world.merchants[0].number]
    statement = f"/v1/operator/merchants/{merchant_id}/statements/{DEMO_DAY}"
    jar = day.folder.path / "cookies.txt"
    password = day.folder.path / "operator-password"

    def note(zh: str, en: str) -> str:
        return f"# {Text(zh, en).say(language)}"

    results = f"{target}/results?limit=3"
    sign_in = f'{{"login": "{LOGIN}", "password": "\'"$(cat {password})"\'"}}'
    lines = [
        note("服务地址（Ctrl-C 停止）", "the service (Ctrl-C stops it)"),
        f"{base}/readyz",
        note(
            "演示时钟与数据目录，先在另一终端执行",
            "first, in another terminal: the demonstration's clock and folder",
        ),
        f"export TANHUI_DATA_DIR={day.service.settings.data_dir} TANHUI_CLOCK_OFFSET_S={day.service.offset_s}",
        note("公开：优惠", "open to all: offers"),
        f"curl -s '{base}/v1/offers?limit=3'",
        note(
            f"居民 {phone.citizen.phone} 的令牌（15 分钟有效）",
            f"a token of citizen {phone.citizen.phone}, good for 15 minutes",
        ),
        f"TOKEN={phone.access_token}",
        f'curl -s {base}/v1/me/wallet -H "Authorization: Bearer $TOKEN"',
        f'curl -s "{base}/v1/me/activities?limit=3" -H "Authorization: Bearer $TOKEN"',
        f'curl -s {base}/v1/me/vouchers -H "Authorization: Bearer $TOKEN"',
        note("合作方：批次与逐条结果（请求须签名）", "a partner: a batch and its lines (signed requests)"),
        f'curl -s {base}{target} -H "$(tanhui sign GET {target} --key {key})"',
        f"""curl -s '{base}{results}' -H "$(tanhui sign GET '{results}' --key {key})" """.rstrip(),
        note("运营：登录并取商户对账单", "the operator: sign in and fetch a merchant's statement"),
        f"curl -s -c {jar} {base}/v1/operator/session -H 'Content-Type: application/json' -d '{sign_in}'",
        f"curl -s -b {jar} {base}{statement}",
        f"curl -s -b {jar} {base}{statement}/file",
        note("自行证明账本", "prove the books yourself"),
        "tanhui check-ledger",
    ]
    for line in lines:
        console.print(line, markup=False, highlight=False, soft_wrap=True)
