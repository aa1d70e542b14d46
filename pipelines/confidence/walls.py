"""Pages that stand in an article's place: error pages, consent and login walls, tests for human readers."""

import re

from pipelines.model import Evidence

NOT_FOUND = re.compile(
    r"\b(?:404|410)\b|not found|page (?:can(?:'|’)?t|cannot|could not|couldn(?:'|’)t) be found|"
    r"(?:doesn(?:'|’)?t|does not|no longer) exists?|no longer available|"
    r"nicht gefunden|existiert nicht|nicht (?:mehr )?verfügbar|introuvable|n(?:'|’)existe (?:pas|plus)|"
    r"no (?:se )?(?:ha |pudo )?(?:sido )?encontrad[oa]|no encontrad|no existe|"
    r"não (?:foi )?encontrad|não existe|non (?:è stata )?trovat|non esiste|niet gevonden|bestaat niet|"
    r"hittades inte|finns inte|ikke fundet|ikke funnet|ei löyt|"
    r"nie znaleziono|nie istnieje|nenalezen|nenájden|nem található|bulunamadı|не найден|не существует|"
    r"не знайден|δεν βρέθηκε|nu a fost găsit|לא נמצא|"
    r"غير موجود|لم يتم العثور|見つかりません|存在しません|找不到|不存在|未找到|찾을 수 없|"
    r"tidak ditemukan|không tìm thấy|ไม่พบ|नहीं मिला",
    re.IGNORECASE,
)
CHALLENGE = re.compile(
    r"just a moment|checking (?:if|your)|verify(?:ing)? (?:that )?you are (?:a )?human|"
    r"are you a (?:robot|human)|enable javascript and cookies|unusual traffic|"
    r"access (?:to this page has been )?denied|attention required|security check|ddos protection|captcha|"
    r"bot detection|pardon our interruption|request (?:was )?blocked|forbidden|"
    r"zugriff verweigert|accès refusé|acceso denegado|доступ (?:запрещ|огранич)",
    re.IGNORECASE,
)
# Words of consent; each family counts once.
CONSENT_WORDS = (
    r"cookies?\b|кук[иа]|קוקי|クッキー|كوكيز|ملفات تعريف",
    (
        r"consent|zustimm|einwillig|consentement|consentimiento|consenso|toestemming|samtyck|samtykke|zgod[aęy]|"
        r"souhlas|соглас|rıza|suostumus|同意|موافق"
    ),
    (
        r"privacy|datenschutz|confidentialité|privacidad|privacidade|integritet|prywatno|конфиденц|gizlilik|"
        r"プライバシー|隐私|الخصوصية|פרטיות"
    ),
    r"\bpartner|partenaires|socios|parceiros|партн",
    (
        r"\b(?:accept|agree|reject|manage)\b.{0,30}(?:all|settings|options|preferences|cookies)|alle akzeptieren|"
        r"akzeptieren|ablehnen|tout accepter|accepter|refuser|aceptar|rechazar|aceitar|accetta|rifiuta|accepteren|"
        r"godkänn|принять|kabul et"
    ),
    r"personali[sz]ed|personalisiert|personnalis|personalizad|personalizzat|gepersonaliseerd|персонализ",
    r"device|endgerät|gerät|appareil|dispositivo|apparaat|устройств",
    (
        r"legitimate interest|berechtigt\w* interess|intérêt légitime|interés legítimo|legittimo interesse|"
        r"gerechtvaardigd"
    ),
    (
        r"process(?:ing)? (?:your |personal )?data|personal data|daten verarbeit|verarbeitung|"
        r"données (?:personnelles|à caractère)|datos personales|dati personali|persoonsgegevens|персональн"
    ),
    r"advertis|werbung|publicit|anzeigen|reklam|реклам",
)
CONSENT = tuple(re.compile(words, re.IGNORECASE) for words in CONSENT_WORDS)
LITTLE = 700
WALL_SIZE = 3500


def find_wall(evidence: Evidence, text: str, asked: str) -> tuple[str, str] | None:
    """Return a cause and what was seen when the page stands in an article's place; None when it does not.

    `text` is what was kept, `asked` all that stood in question: of a wall most may have been cut. Of a page that
    declares itself an article, only its text can speak against it.
    """
    if _is_consent(text) or (asked != text and len(text) < LITTLE and _is_consent(asked)):
        return "consent", "the text is a consent notice"
    if evidence.declared or len(text) > LITTLE:
        return None
    if any(NOT_FOUND.search(title) for title in evidence.titles):
        return "not-found", "the page says that there is nothing here"
    if evidence.is_challenge or any(CHALLENGE.search(title) for title in evidence.titles):
        return "challenge", "the page asks for proof of a human reader"
    if evidence.asks_password and len(text) < LITTLE / 2:
        return "login", "the page asks to log in"
    return ("consent", "the page is a consent notice") if _is_consent(evidence.small_page) else None


def _is_consent(text: str) -> bool:
    """Whether a short text speaks of little but consent: many of its word families, close together."""
    if not text or len(text) > WALL_SIZE:
        return False
    if not any(words.search(text) for words in CONSENT[:3]):
        return False
    families = sum(1 for words in CONSENT if words.search(text))
    hits = sum(len(words.findall(text)) for words in CONSENT)
    return families >= 4 and hits * 110 > len(text)
