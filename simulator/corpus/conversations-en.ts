/** English support conversations; see script.ts for the notation. */
export const englishConversations: readonly string[] = [
  `C: Hi, my order {order} was supposed to arrive on {date} and it's still not here
O: Good morning! Let me look that up for you.
O: The courier tried to deliver on {date} but nobody was in. The parcel is back at the local depot.
C: That's odd, I was home all day and nobody rang 😕
O: I'm sorry about that. I have asked the depot to deliver again tomorrow between 10 and 14. Would that work?
C: Tomorrow is fine, but please have them call first
O: Done, your phone number is on the label now. You can follow the parcel here: {link}
C: Brilliant, thank you!`,
  `C: Hello, I bought the {product} but I picked the wrong size. Can I swap it?
O: Hello! Of course, within 30 days. Is it still unused?
C: Yes, I only opened the box
O: Perfect. Which size would you like instead?
C: One size up please
O: I have reserved it. The return label is in your e-mail, just stick it on the original box.
C: And do I have to pay for the return?
O: No, exchanges are free of charge.
C: 👍 great service`,
  `C: I have been charged twice for {order}!! {price} each time
O: I'm sorry, let me check the payments right away.
C: I have a screenshot from my bank if you need it
O: Yes please, that would help.
C: Just sent it
O: Thank you. I can see one payment that went through and one that is only reserved. The reservation of {price} is released by your bank within 3 to 5 working days.
C: So I don't have to do anything?
O: Nothing at all. If it's still there after {date}, write to us here and we will contact the bank.
C: OK, fair enough. Thanks for the quick answer`,
  `C: Good afternoon. I'd like to book an appointment with Dr. Hughes
O: Good afternoon! Is it your first visit?
C: No, I was there in spring
O: The next free times are:
[b]{date}[/b] at {time}
[b]{date}[/b] at 16:40
C: {time} please
O: Booked. Please bring your insurance card and come ten minutes early.
C: Will do. Is there parking?
O: Yes, behind the building, free for patients.
C: Lovely, see you then`,
  `C: my {product} won't connect to wifi since the update
O: Hi there! What does the light on the front do?
C: it blinks orange
O: Orange means that it can't find the network. Please try this:
1. Unplug it for 30 seconds
2. Plug it in again and wait until the light is white
3. Hold the button for 5 seconds and choose your network in the app
C: ok give me a minute
C: white now.... and connecting
C: it works!!! 🎉
O: Happy to hear that! The full guide is at {link} in case it happens again.
C: saved, cheers`,
  `C: Can I still cancel order {order}? I found out my sister ordered the same thing as a present 😂
O: Hello! Let me see how far it is.
O: You are lucky, it has not been packed yet. Shall I cancel it?
C: Yes please!
O: Cancelled. The {price} will be back on your card in about three days.
C: Thank you so much, you saved the surprise
O: My pleasure, have a nice party! 🎁`,
  `C: Hello, we need an invoice with our VAT number for {order}
O: Hello, could you send me the company name, address and VAT number?
C: Northgate Fittings Ltd
14 Mill Lane
Leeds LS1 4AP
VAT GB 123 4567 89
O: Thank you. The corrected invoice is ready: {link}
C: Could you put our purchase order number on it as well? It's PO-{code}
O: Sure, one moment please.
O: Updated. Please reload the link.
C: Perfect, that's what accounting wanted`,
  `C: I can't log in any more, it says my password is wrong
O: Hi! Did you use the "Forgot password" link already?
C: Yes but the mail never arrives
O: I see that our mails to your address bounce. Could your mailbox be full?
C: oh. yes. it is 🙈
C: deleted some stuff, can you send it again?
O: Sent, the link works for one hour.
C: got it, I'm in. Thanks!`,
  `C: Quick question, is the {product} dishwasher safe?
O: Hi! The lid is, the base is not, it should be wiped with a damp cloth.
C: And does it come with a charger?
O: A USB-C cable is included, the plug is not.
C: Hmm. How long does the battery last?
O: About nine hours. You'll find all the details here: {link}
C: Thanks, I'll take two then 🙂
O: Good choice! With the code {code} the second one is 10% off.`,
  `C: where is my refund? I sent everything back two weeks ago
O: I understand you're waiting. Do you have the order number?
C: {order}
O: The parcel reached our warehouse on {date}. The refund of {price} was issued yesterday.
C: Finally. Why did it take so long?
O: We had far more returns than usual after the holidays. I'm sorry that nobody told you.
C: ok. please improve that`,
  `C: The {product} arrived broken. The corner is smashed and there's glass everywhere
O: Oh no, are you all right? Please don't touch the glass.
C: yes yes I'm fine, just annoyed
O: Could you send a photo of the box and of the damage?
C: here you go
O: Thank you, that is clearly damage from transport. Would you prefer a replacement or your money back?
C: Replacement, it's for my mum's birthday on {date}
O: Then I'll send it by express today at no cost. You'll have it in two days.
C: That's really kind. Thank you ❤️`,
  `C: I need to change the delivery address of {order}, we're moving this week
O: Congratulations on the new home! Where should it go?
C: 7 Harbour Street, Bristol BS1 5TY
O: Changed. Is the name on the door the same?
C: Yes, same name
O: Then all is set. Delivery stays on {date}.
C: Great. One less thing to worry about`,
  `C: The app crashes every time I open my basket
O: Sorry to hear that. Which phone and which version of the app do you have?
C: Android 14, app version 5.{code}
O: We know this one: it happens with vouchers in the basket. A fixed version is being rolled out today.
C: Any way to order now? The offer ends tonight
O: Yes, the website is not affected: {link}
O: And if the offer is gone before you manage, write to me and I'll apply it by hand.
C: Worked on the website. Thanks a lot!`,
];

export const englishSmallTalk: readonly string[] = [
  `C: Hi again! Any news about {order}?
O: Hello! It left our warehouse this morning and should reach you on {date}.`,
  `C: Thank you, the {product} arrived today and it's great 😊
O: Wonderful, thank you for letting us know!`,
  `C: Are you open on {date}?
O: Yes, from 9 until 18 as usual.`,
  `C: Do you still have the {product} in stock?
O: We do, at {price}. Shall I put one aside for you?
C: Yes please, until Friday
O: Done, just mention {code} at the desk.`,
  `C: I'd like to move my appointment to {time} if possible
O: That is possible, I have changed it for you.`,
  `C: Could you send me the invoice for {order} once more?
O: Of course, here it is: {link}
C: Thanks`,
  `C: is the price of {price} with or without delivery?
O: Delivery is included.
C: perfect`,
  `C: Just wanted to say that your colleague on the phone was very helpful
O: That's so kind, I will pass it on! 🙌`,
];
