/** The automatic texts a new line starts with, by the portal's language. */
export type LineLanguage = "en" | "de" | "ru";

export type LineText =
  | "lineName"
  | "languageId"
  | "welcome"
  | "noAnswer"
  | "dayOff"
  | "close"
  | "autoClose"
  | "ratingRequest"
  | "ratingRequestByDigit"
  | "ratingLike"
  | "ratingDislike"
  | "kpiFirstAnswer"
  | "kpiFurtherAnswer";

/** `#NAME#` in a text stands for the line's name; `#OPERATOR#` and `#DIALOG#` stay as they are, the portal fills them when it alerts. */
export const LINE_TEXTS: Record<LineLanguage, Record<LineText, string>> = {
  en: {
    lineName: "Open Channel",
    languageId: "en",
    welcome: "Hello! You have reached [b]#NAME#[/b].[br]One of our agents will be with you shortly.",
    noAnswer: "All our agents are busy right now. Please leave your question here and we will come back to you.",
    dayOff: "We are closed at the moment.[br][br]Write down your question and we will reply during working hours.",
    close: "Thank you for talking to us. Please tell us how we did.",
    autoClose: "The conversation was closed because nothing was written for a while.",
    ratingRequest: "How would you rate our service?",
    ratingRequestByDigit: "How would you rate our service?\r\n\r\nSend 1 if you are satisfied, 0 if not",
    ratingLike: "Thank you, we are glad to hear that!",
    ratingDislike: "We are sorry to hear that. We will do better next time.",
    kpiFirstAnswer: "Agent #OPERATOR# took too long for the first reply in conversation #DIALOG#.",
    kpiFurtherAnswer: "Agent #OPERATOR# took too long to reply in conversation #DIALOG#.",
  },
  de: {
    lineName: "Kommunikationskanal",
    languageId: "de",
    welcome: "Guten Tag! Sie schreiben an [b]#NAME#[/b].[br]Gleich meldet sich jemand bei Ihnen.",
    noAnswer: "Zurzeit sind alle im Gespräch. Schreiben Sie uns Ihre Frage, wir melden uns bei Ihnen.",
    dayOff: "Wir haben gerade geschlossen.[br][br]Schreiben Sie uns Ihre Frage, wir antworten zu den Geschäftszeiten.",
    close: "Vielen Dank für Ihre Nachricht. Bitte sagen Sie uns, wie zufrieden Sie waren.",
    autoClose: "Das Gespräch wurde beendet, weil länger nichts geschrieben wurde.",
    ratingRequest: "Wie zufrieden waren Sie mit uns?",
    ratingRequestByDigit: "Wie zufrieden waren Sie mit uns?\r\n\r\nSenden Sie 1 für zufrieden, 0 für unzufrieden",
    ratingLike: "Danke, das freut uns sehr!",
    ratingDislike: "Das tut uns leid. Beim nächsten Mal machen wir es besser.",
    kpiFirstAnswer: "#OPERATOR# hat für die erste Antwort im Gespräch #DIALOG# zu lange gebraucht.",
    kpiFurtherAnswer: "#OPERATOR# hat für die Antwort im Gespräch #DIALOG# zu lange gebraucht.",
  },
  ru: {
    lineName: "Открытая линия",
    languageId: "ru",
    welcome: "Здравствуйте! Это [b]#NAME#[/b].[br]Сейчас вам ответит первый освободившийся сотрудник.",
    noAnswer: "Все сотрудники заняты. Оставьте вопрос здесь, и мы обязательно вернёмся к вам.",
    dayOff: "Сейчас мы не работаем.[br][br]Напишите свой вопрос, ответим в рабочее время.",
    close: "Спасибо за обращение! Пожалуйста, оцените нашу работу.",
    autoClose: "Диалог закрыт: новых сообщений давно не было.",
    ratingRequest: "Как вы оцените нашу работу?",
    ratingRequestByDigit: "Как вы оцените нашу работу?\r\n\r\nОтправьте 1, если всё хорошо, или 0, если плохо",
    ratingLike: "Спасибо, нам очень приятно!",
    ratingDislike: "Нам очень жаль. Постараемся стать лучше.",
    kpiFirstAnswer: "Сотрудник #OPERATOR# слишком долго не давал первый ответ в диалоге #DIALOG#.",
    kpiFurtherAnswer: "Сотрудник #OPERATOR# слишком долго не отвечал в диалоге #DIALOG#.",
  },
};
