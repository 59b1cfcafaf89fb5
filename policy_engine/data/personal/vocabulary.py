"""The words by which fields are named that hold personal data: English, German, French, Spanish, Italian, Dutch."""

from __future__ import annotations

from typing import Final


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


#: Phrases of words that name a kind. Words are folded: lower case, no accents (`ü` is `u`), `ß` is `ss`.
PHRASES: Final[dict[str, str]] = {
    "pii.email": """email, e mail, mail, mailaddress, emailaddress, courriel, correo, correo electronico,
        posta elettronica, mailadresse, emailadresse, adresse mail, adresse email, emailadres, mailadres""",
    "pii.phone": """phone, telephone, telefon, telefono, telefoon, tel, mobile, mobile number, cell, cellphone, msisdn, fax,
        handy, handynummer, mobilnummer, mobiltelefon, rufnummer, telefonnummer, portable, movil, cellulare, mobiel,
        telefoonnummer, phonenumber, mobilephone, phone no""",
    "pii.iban": """iban, bank account, account iban, bankkonto, kontonummer, kontonr, compte bancaire, cuenta bancaria,
        conto bancario, bankrekening, rekeningnummer""",
    "pii.card": """card number, cardnumber, credit card, creditcard, card no, pan number, kreditkarte, kartennummer,
        kreditkartennummer, numero carte, carte bancaire, carte credit, tarjeta, numero tarjeta, tarjeta credito,
        carta credito, numero carta, creditcardnummer, kaartnummer""",
    "pii.ip": """ip, ip address, ipaddress, ipaddr, ip addr, client ip, remote ip, ipv4, ipv6, ip adresse, adresse ip,
        direccion ip, indirizzo ip, ip adres""",
    "pii.name": """first name, firstname, last name, lastname, full name, fullname, surname, given name, givenname,
        family name, middle name, maiden name, person name, customer name, employee name, contact name, patient name,
        holder name, cardholder, forename, fname, lname, vorname, nachname, familienname, geburtsname, kundenname, prenom,
        nom famille, nom complet, nombre completo, apellido, apellidos, primer apellido, cognome, nome cognome,
        voornaam, achternaam, tussenvoegsel, volledige naam""",
    "pii.address": """street, street address, home address, postal address, mailing address, billing address,
        shipping address, delivery address, residential address, address line, addressline, postcode, post code, postal code,
        postalcode, zip code, zipcode, house number, strasse, hausnummer, anschrift, wohnort, postleitzahl, plz, adresse,
        code postal, rue, direccion, calle, codigo postal, indirizzo, via, cap codice, adres, straat, huisnummer,
        woonplaats, address""",
    "pii.birth_date": """birth date, birthdate, date birth, date of birth, dob, birthday, birth day, geburtsdatum,
        geburtstag, date naissance, naissance, fecha nacimiento, nacimiento, data nascita, nascita, geboortedatum""",
    "pii.national_id": """ssn, social security, social security number, national id, nationalid, nationalidnumber,
        national identifier, national insurance,
        nino, personal id number, tax id, taxid, tin, steuernummer, steuer id, steueridentifikationsnummer,
        sozialversicherungsnummer, personalausweis, ausweisnummer, nir, numero securite sociale, dni, nie, nif,
        codice fiscale, bsn, burgerservicenummer, nric, fin number, aadhaar, cpf number, identity card""",
    "pii.passport": """passport, passport number, passport no, reisepass, passnummer, passeport, pasaporte, passaporto,
        paspoort, paspoortnummer""",
    "pii.license": """driver license, driving licence, drivers license, driver licence, fuhrerschein, permis conduire,
        licencia conducir, patente guida, rijbewijs""",
    "pii.gender": """gender, sex, geschlecht, sexe, sexo, genero, sesso, genere, geslacht""",
    "pii.location": """latitude, longitude, gps, geolocation, geo location, breitengrad, langengrad, latitud, longitud,
        latitudine, longitudine, breedtegraad, lengtegraad""",
    "pii.health": """diagnosis, blood type, medical condition, disability, diagnose, blutgruppe, diagnostic, handicap,
        diagnostico, discapacidad, diagnosi, gruppo sanguigno, bloedgroep""",
    "pii.religion": """religion, religious affiliation, konfession, religione, religie, confession""",
    "pii.credential": """password, passwd, passwort, kennwort, mot passe, contrasena, wachtwoord""",
}

#: Words that say the field is about the thing, not the thing itself: `email_sent_count`, `phone_type`, `address_id`.
ABOUT: Final = _set(
    """count counts num number_of cnt total type types kind status state flag enabled disabled is has verified valid
    validated confirmed opt optin optout consent preference preferred allowed sent opened clicked bounced bounce rate
    ratio percent pct score format template subject body domain provider length len hash hashed masked token id ids key
    at ts timestamp time date created updated version model brand carrier operator country region class category
    campaign list group queue server host port attempts retries limit quota size cost price fee usage minutes duration
    device anzahl typ art statut nombre tipo estado stato aantal soort required reset changed source
    expiry expires code prefix extension purpose label policy protocol interface changes"""
)

#: What may stand behind a kind's own words and still mean the thing.
HARMLESS: Final = _set(
    """number no nr num address addr adresse adres primary secondary main home work office private business personal
    customer employee user contact client owner member patient guest person recipient sender text value string raw plain
    full current old new billing shipping delivery line nummer numero of de der des du the e el la 1 2 3 4 5"""
)

#: Names of things, not of people: `product_name` holds no person, `mac_address` no home.
OF_THINGS: Final = _set(
    """product item file table column field schema host server domain company organisation organization org brand
    campaign department team project event category city country region store shop branch bank vendor supplier
    manufacturer street_type app application service package mac memory web url site wallet contract block
    database queue topic index software device"""
)

#: Words between the words of a phrase that change nothing: `date of birth`.
LINKS: Final = _set("of de der des du di del van the la le")

#: Words of a name that make four numbers with dots a version.
VERSIONS: Final = _set("version versions release build firmware revision oid")
