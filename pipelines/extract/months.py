"""Month names as newspapers print them, in some thirty languages."""

# One line a language or group; a month's forms (nominative/genitive, short) are joined by `/`.
NAMES = (
    (
        "january/jan february/feb march/mar april/apr may june/jun july/jul august/aug september/sept/sep "
        "october/oct november/nov december/dec"
    ),
    (
        "januar/jänner februar/feber märz/mär/maerz april mai juni juli august september oktober/okt november "
        "dezember/dez"
    ),
    (
        "janvier/janv février/févr/fevrier mars avril/avr mai juin juillet/juil août/aout septembre octobre "
        "novembre décembre/déc/decembre"
    ),
    (
        "enero/ene febrero marzo abril/abr mayo junio julio agosto/ago septiembre/setiembre/set octubre "
        "noviembre diciembre/dic"
    ),
    "janeiro fevereiro/fev março/marco abril maio/mai junho julho agosto setembro outubro/out novembro dezembro",
    (
        "gennaio/gen febbraio marzo aprile maggio/mag giugno/giu luglio/lug agosto settembre/sett ottobre/ott "
        "novembre dicembre"
    ),
    "januari februari maart/mrt april mei juni juli augustus september oktober november december",
    "januari februari mars april maj juni juli augusti september oktober november december",
    "januar februar marts/mars april maj/mai juni juli august september oktober november desember/des",
    (
        "tammikuuta/tammikuu helmikuuta maaliskuuta huhtikuuta toukokuuta kesäkuuta heinäkuuta elokuuta "
        "syyskuuta lokakuuta marraskuuta joulukuuta"
    ),
    "janúar febrúar mars apríl maí júní júlí ágúst september október nóvember desember",
    (
        "stycznia/styczeń lutego/luty marca/marzec kwietnia/kwiecień maja/maj czerwca/czerwiec lipca/lipiec "
        "sierpnia/sierpień września/wrzesień października/październik listopada/listopad grudnia/grudzień"
    ),
    (
        "ledna/leden února/únor března/březen dubna/duben května/květen června/červen července/červenec "
        "srpna/srpen září října/říjen listopadu prosince/prosinec"
    ),
    "januára februára marca apríla mája júna júla augusta septembra októbra novembra decembra",
    "január február március április május június július augusztus szeptember október november december",
    "ianuarie februarie martie aprilie mai iunie iulie august septembrie octombrie noiembrie decembrie",
    "siječnja veljače ožujka travnja svibnja lipnja srpnja kolovoza rujna listopada studenoga/studenog prosinca",
    "ocak şubat mart nisan mayıs haziran temmuz ağustos eylül ekim kasım aralık",
    "januari februari maret april mei juni juli agustus september oktober november desember",
    (
        "января/январь/янв февраля/фев марта/март/мар апреля/апр мая/май июня/июнь/июн июля/июль/июл "
        "августа/авг сентября/сен октября/окт ноября/ноя декабря/дек"
    ),
    "січня лютого березня квітня травня червня липня серпня вересня жовтня листопада грудня",
    "януари февруари март април май юни юли август септември октомври ноември декември",
    (
        "ιανουαρίου/ιαν φεβρουαρίου/φεβ μαρτίου/μαρ απριλίου/απρ μαΐου/μαϊ ιουνίου ιουλίου αυγούστου/αυγ "
        "σεπτεμβρίου/σεπ οκτωβρίου/οκτ νοεμβρίου/νοε δεκεμβρίου/δεκ"
    ),
    (
        "ינואר/בינואר פברואר/בפברואר מרץ/במרץ אפריל/באפריל מאי/במאי יוני/ביוני יולי/ביולי אוגוסט/באוגוסט "
        "ספטמבר/בספטמבר אוקטובר/באוקטובר נובמבר/בנובמבר דצמבר/בדצמבר"
    ),
    "يناير فبراير مارس أبريل/ابريل مايو يونيو يوليو أغسطس/اغسطس سبتمبر أكتوبر/اكتوبر نوفمبر ديسمبر",
    "जनवरी फरवरी मार्च अप्रैल मई जून जुलाई अगस्त सितंबर अक्टूबर नवंबर दिसंबर",
)
# `lipca` is July in Polish, `lipnja` June in Croatian; `listopada` is November in Polish, October in Croatian: there
# the larger language, which stands first, decides.
MONTHS: dict[str, int] = {}
for _language in NAMES:
    for _number, _forms in enumerate(_language.split(), start=1):
        for _name in _forms.split("/"):
            MONTHS.setdefault(_name, _number)
