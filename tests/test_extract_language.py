import pytest

from pipelines.extract.article import parse_html
from pipelines.extract.head import read_head
from pipelines.extract.language import choose_language, language_tag
from pipelines.extract.script import read_language
from pipelines.extract.segments import read_layout
from tests.extract_pages import PARAGRAPHS, URL, document

TEXTS = {
    "en": " ".join(PARAGRAPHS),
    "de": "Die alte Brücke über den Hafen wird im März für elf Monate gesperrt, wie der Stadtrat am "
    "Montag beschlossen hat. "
    "Im Frühjahr waren Risse in zwei der vier Pfeiler entdeckt worden, und es ist nicht klar, "
    "was das alles kosten wird.",
    "pt": "A ponte velha sobre o porto será fechada por onze meses a partir de março, decidiu a "
    "câmara na segunda-feira. "
    "Os engenheiros encontraram fendas em dois dos quatro pilares, e não se sabe ainda quanto é que isso vai custar.",
    "pl": "Stary most nad portem zostanie zamknięty na jedenaście miesięcy od marca, jak postanowiła "
    "w poniedziałek rada. "
    "Inżynierowie znaleźli pęknięcia w dwóch z czterech filarów, ale nie wiadomo jeszcze, ile to będzie kosztować.",
    "ru": "Старый мост через гавань закроют с марта на одиннадцать месяцев, как решил в понедельник городской совет. "
    "Инженеры нашли трещины в двух из четырёх опор, но пока не ясно, сколько это будет стоить и кто за это заплатит.",
    "uk": "Старий міст через гавань закриють з березня на одинадцять місяців, як вирішила в понеділок міська рада. "
    "Інженери знайшли тріщини у двох із чотирьох опор, але ще не відомо, скільки це буде "
    "коштувати та хто за це заплатить.",
    "ar": "قال المجلس في المدينة إن الجسر القديم على الميناء سوف يغلق من مارس بعد أن وجد المهندسون "
    "شقوقا في اثنين من الدعائم التي "
    "كانت قد بنيت قبل مئة عام، ولم يعرف بعد ما هي الكلفة ومن الذي سوف يدفع هذا كله إلى الشركة مع نهاية العام.",
    "fa": "شورای شهر گفت که پل قدیمی بندر از ماه مارس برای یازده ماه بسته خواهد شد و این را مهندسان "
    "که در دو پایه آن ترک پیدا کرده "
    "اند با نگرانی می گویند و هنوز روشن نیست که هزینه آن چه خواهد بود و چه کسی باید آن را به شرکت بپردازد.",
    "ja": "港にかかる古い橋が三月から十一か月閉鎖されると市議会が月曜日に決めた。",
    "zh": "市议会星期一决定,港口的旧桥将从三月起关闭十一个月。工程师在桥墩上发现了裂缝。",
    "ko": "시의회는 월요일 항구의 오래된 다리를 3월부터 열한 달 동안 폐쇄하기로 결정했다.",
    "th": "สภาเมืองตัดสินใจเมื่อวันจันทร์ว่าจะปิดสะพานเก่าเหนือท่าเรือเป็นเวลาสิบเอ็ดเดือน",
    "he": "מועצת העיר החליטה ביום שני לסגור את הגשר הישן מעל הנמל לאחד עשר חודשים",
}


def choose(text, lang="", head=""):
    tree = parse_html(document(f"<p>{text}</p>", head, lang))
    return choose_language(read_head(tree, URL), read_layout(tree), None, None)


@pytest.mark.parametrize("language", TEXTS)
def test_a_text_tells_its_language(language):
    assert read_language(TEXTS[language]).language == language


@pytest.mark.parametrize("language", sorted(set(TEXTS) - {"en"}))
def test_the_text_outvotes_a_wrong_declaration(language):
    choice = choose(TEXTS[language], "en")
    assert (choice.value, choice.origin) == (language, "text")


def test_a_declaration_that_the_text_bears_out_keeps_its_region():
    choice = choose(TEXTS["pt"], "en", '<meta property="og:locale" content="pt_BR">')
    assert (choice.value, choice.origin) == ("pt-BR", "og")


def test_near_languages_are_left_to_the_declaration():
    assert (
        choose("Det er en gammel bro, og den skal ikke være åben til det næste år, siger de. " * 4, "nb").value == "nb"
    )


def test_too_little_text_leaves_it_to_the_declaration():
    assert choose("Ja, das ist so.", "en-GB").value == "en-GB"


def test_without_a_declaration_the_text_decides():
    assert choose(TEXTS["de"]).value == "de"


@pytest.mark.parametrize(
    ("text", "tag"), [("pt_br", "pt-BR"), ("zh-hant-tw", "zh-Hant-TW"), ("und", None), ("x", None)]
)
def test_tags_are_written_in_their_usual_case(text, tag):
    assert language_tag(text) == tag
