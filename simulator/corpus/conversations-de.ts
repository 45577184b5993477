/** German support conversations; see script.ts for the notation. */
export const germanConversations: readonly string[] = [
  `C: Guten Tag, meine Bestellung {order} sollte am {date} kommen, aber bis heute ist nichts da.
O: Guten Tag! Ich sehe sofort nach.
O: Das Paket liegt seit gestern im Verteilzentrum, die Zustellung hat sich leider verzögert.
C: Wann kann ich denn damit rechnen?
O: Voraussichtlich morgen zwischen 10 und 14 Uhr.
C: Da bin ich arbeiten. Geht auch eine Abholstation?
O: Ja, ich habe es in die Filiale am Bahnhof umgeleitet. Hier können Sie es verfolgen: {link}
C: Super, vielen Dank!`,
  `C: Hallo, der Artikel „{product}“ passt leider nicht. Kann ich ihn umtauschen?
O: Hallo! Gerne, innerhalb von 30 Tagen. Welche Größe brauchen Sie?
C: Eine Nummer größer bitte
O: Die ist auf Lager, ich habe sie für Sie zurückgelegt.
C: Muss ich das Porto selbst zahlen?
O: Nein, der Umtausch ist kostenlos. Das Etikett finden Sie in Ihrem Postfach.
C: Klasse 👍`,
  `C: Sie haben mir {price} zweimal abgebucht!!
O: Das tut mir leid. Nennen Sie mir bitte die Bestellnummer?
C: {order}
O: Danke. Die zweite Buchung ist nur eine Vormerkung, Ihre Bank löst sie in drei bis fünf Werktagen auf.
C: Und wenn nicht?
O: Dann schreiben Sie uns nach dem {date} noch einmal, wir klären das direkt mit der Bank.
C: In Ordnung, danke für die schnelle Auskunft`,
  `C: Guten Morgen, ich bräuchte einen Termin zur Inspektion
O: Guten Morgen! Um welches Fahrzeug geht es?
C: Golf Variant, Baujahr 2019
O: Folgende Termine sind frei:
[b]{date}[/b], {time} Uhr
[b]{date}[/b], 15:30 Uhr
C: {time} Uhr passt gut
O: Eingetragen. Möchten Sie einen Ersatzwagen?
C: Nein, ich komme mit dem Fahrrad nach Hause 🚲
O: Wunderbar, dann bis dahin!`,
  `C: mein {product} verbindet sich nach dem Update nicht mehr mit dem WLAN
O: Hallo, welche Farbe hat die Lampe vorne?
C: blinkt orange
O: Dann findet das Gerät kein Netz. Bitte so vorgehen:
1. Stecker für 30 Sekunden ziehen
2. Wieder einstecken und warten, bis die Lampe weiß leuchtet
3. In der App das Netz neu auswählen
C: Moment
C: jetzt ist sie weiß
C: läuft wieder, danke!! 🎉
O: Sehr gut! Die ganze Anleitung steht unter {link}`,
  `C: Kann ich {order} noch stornieren?
O: Hallo, ich prüfe das gerade.
O: Ja, das Paket ist noch nicht gepackt. Soll ich stornieren?
C: Ja bitte, meine Frau hat dasselbe schon gekauft 😅
O: Erledigt. Die {price} sind in etwa drei Tagen zurück auf Ihrem Konto.
C: Vielen lieben Dank`,
  `C: Guten Tag, wir brauchen für {order} eine Rechnung auf die Firma
O: Guten Tag, schicken Sie mir bitte Firmenname, Anschrift und USt-IdNr.
C: Brückner Metallbau GmbH
Industriestraße 12
70565 Stuttgart
DE123456789
O: Danke, die neue Rechnung liegt bereit: {link}
C: Könnten Sie noch unsere Bestellnummer {code} ergänzen?
O: Ist ergänzt, bitte laden Sie die Seite neu.
C: Perfekt, so kann es in die Buchhaltung`,
  `C: Ich komme nicht mehr in mein Konto, das Passwort soll falsch sein
O: Hallo! Haben Sie „Passwort vergessen“ schon versucht?
C: Ja, aber es kommt keine Mail
O: Unsere Nachrichten an Sie kommen zurück. Ist Ihr Postfach vielleicht voll?
C: Ups, tatsächlich 🙈
C: Habe aufgeräumt, bitte noch einmal schicken
O: Ist unterwegs, der Link gilt eine Stunde.
C: Hat geklappt!`,
  `C: Kurze Frage: Ist „{product}“ spülmaschinenfest?
O: Der Deckel ja, das Unterteil bitte nur feucht abwischen.
C: Ist ein Ladegerät dabei?
O: Ein USB-C-Kabel liegt bei, ein Netzteil nicht.
C: Und wie lange hält der Akku?
O: Ungefähr neun Stunden. Alle Daten finden Sie hier: {link}
C: Dann nehme ich zwei 🙂
O: Gute Wahl! Mit dem Code {code} sparen Sie beim zweiten 10 %.`,
  `C: Wo bleibt meine Erstattung? Die Ware ist seit zwei Wochen zurück
O: Ich verstehe Ihren Ärger. Wie lautet die Bestellnummer?
C: {order}
O: Die Rücksendung kam am {date} bei uns an, die {price} wurden gestern überwiesen.
C: Warum dauert das so lange?
O: Nach den Feiertagen hatten wir sehr viele Rücksendungen. Wir hätten Ihnen Bescheid geben müssen.
C: Na gut. Danke für die Ehrlichkeit`,
  `C: „{product}“ ist kaputt angekommen, eine Ecke ist komplett zersplittert
O: Oje, das tut mir leid! Können Sie ein Foto von Karton und Schaden schicken?
C: hier
O: Danke, das ist eindeutig beim Transport passiert. Ersatz oder Geld zurück?
C: Ersatz, es ist ein Geburtstagsgeschenk für den {date}
O: Dann geht es heute noch per Express raus, natürlich ohne Aufpreis.
C: Das ist wirklich nett ❤️`,
  `C: Ich ziehe um und muss die Lieferadresse von {order} ändern
O: Kein Problem, wohin soll es gehen?
C: Hafenstraße 7, 20457 Hamburg
O: Geändert. Steht derselbe Name an der Klingel?
C: Ja
O: Dann bleibt es beim {date}. Guten Umzug! 📦
C: Danke schön`,
  `C: Die App stürzt jedes Mal ab, wenn ich den Warenkorb öffne
O: Das ist ärgerlich. Welches Gerät und welche Version haben Sie?
C: Pixel 8, Version 5.{code}
O: Der Fehler ist bekannt, er hängt mit Gutscheinen zusammen. Heute kommt eine neue Version.
C: Das Angebot endet aber heute Abend
O: Auf der Webseite funktioniert es: {link}
C: Stimmt, dort hat es geklappt. Danke!`,
];

export const germanSmallTalk: readonly string[] = [
  `C: Hallo, gibt es Neues zu {order}?
O: Guten Tag! Das Paket ist heute früh losgegangen und sollte am {date} da sein.`,
  `C: „{product}“ ist heute angekommen, alles bestens 😊
O: Das freut uns, danke für die Rückmeldung!`,
  `C: Haben Sie am {date} geöffnet?
O: Ja, wie immer von 9 bis 18 Uhr.`,
  `C: Ist „{product}“ noch vorrätig?
O: Ja, für {price}. Soll ich es zurücklegen?
C: Gern, bis Freitag
O: Liegt bereit, nennen Sie einfach {code}.`,
  `C: Könnte ich meinen Termin auf {time} Uhr verschieben?
O: Das geht, ich habe es geändert.`,
  `C: Schicken Sie mir die Rechnung zu {order} bitte noch einmal?
O: Gerne: {link}
C: Danke`,
  `C: Sind die {price} mit Versand?
O: Ja, der Versand ist schon dabei.
C: prima`,
  `C: Ich wollte nur sagen, dass Ihr Kollege am Telefon sehr freundlich war
O: Wie schön, das gebe ich gern weiter! 🙌`,
];
