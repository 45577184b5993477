/** Spanish support conversations; see script.ts for the notation. */
export const spanishConversations: readonly string[] = [
  `C: Hola, mi pedido {order} tenía que llegar el {date} y todavía no ha llegado
O: ¡Buenos días! Ahora mismo lo reviso.
O: El repartidor pasó, pero no encontró a nadie. El paquete está en el almacén de su zona.
C: Qué raro, estuve en casa todo el día 😕
O: Lo siento mucho. ¿Le va bien mañana entre las 10 y las 14?
C: Sí, pero que llamen antes por favor
O: Hecho. Puede seguir el envío aquí: {link}
C: ¡Muchas gracias!`,
  `C: Buenas, compré «{product}» y me equivoqué de talla. ¿Se puede cambiar?
O: ¡Claro! Tiene 30 días. ¿Está sin usar?
C: Sí, solo abrí la caja
O: ¿Qué talla necesita?
C: Una más, por favor
O: Reservada. La etiqueta de devolución está en su correo.
C: ¿Tengo que pagar el envío?
O: No, el cambio es gratuito.
C: Genial 👍`,
  `C: Me han cobrado dos veces {price} por {order}!!
O: Lo siento, voy a comprobar los pagos.
C: Tengo una captura del banco
O: Envíemela, por favor.
C: Ahí va
O: Gracias. El segundo cargo es solo una retención, el banco la libera en 3 a 5 días hábiles.
C: ¿Entonces no hago nada?
O: Nada. Si el {date} sigue ahí, escríbanos y hablamos con el banco.
C: Vale, perfecto`,
  `C: Buenas tardes, quisiera pedir cita con la doctora Ruiz
O: Buenas tardes. ¿Es su primera visita?
C: No, estuve en primavera
O: Tenemos libre:
[b]{date}[/b] a las {time}
[b]{date}[/b] a las 16:40
C: A las {time}, por favor
O: Anotado. Traiga su tarjeta sanitaria, por favor.
C: ¿Hay aparcamiento?
O: Sí, detrás del edificio, gratis para pacientes.
C: Gracias, hasta entonces`,
  `C: mi {product} no se conecta al wifi desde la actualización
O: ¡Hola! ¿De qué color es la luz?
C: naranja y parpadea
O: No encuentra la red. Pruebe esto:
1. Desenchúfelo 30 segundos
2. Enchúfelo y espere a que la luz sea blanca
3. Elija la red de nuevo en la aplicación
C: un momento
C: ya está blanca
C: ¡¡funciona!! 🎉
O: ¡Qué bien! La guía completa está en {link}`,
  `C: ¿Puedo cancelar el pedido {order}?
O: ¡Hola! Miro en qué punto está.
O: Aún no se ha preparado. ¿Lo cancelo?
C: Sí, mi hermana compró el mismo regalo 😂
O: Cancelado. Recibirá los {price} en unos tres días.
C: ¡Me ha salvado la sorpresa, gracias!`,
  `C: Buenos días, necesitamos factura a nombre de la empresa para {order}
O: Buenos días. ¿Me envía los datos fiscales?
C: Talleres Miramar S.L.
Calle del Puerto, 14
46024 Valencia
B12345678
O: Gracias, la factura está lista: {link}
C: ¿Puede añadir nuestro número de pedido {code}?
O: Añadido, recargue la página.
C: Perfecto, se la paso a contabilidad`,
  `C: No puedo entrar en mi cuenta, dice que la contraseña no es correcta
O: ¡Hola! ¿Probó a recuperarla?
C: Sí, pero no llega el correo
O: Nuestros mensajes le rebotan. ¿Tiene el buzón lleno?
C: uy, sí 🙈
C: ya borré cosas, ¿me lo manda otra vez?
O: Enviado, el enlace vale una hora.
C: ¡Ya entré, gracias!`,
  `C: Una pregunta, ¿«{product}» se puede lavar en el lavavajillas?
O: La tapa sí, la base solo con un paño húmedo.
C: ¿Trae cargador?
O: Trae cable USB-C, sin adaptador.
C: ¿Y cuánto dura la batería?
O: Unas nueve horas. Más detalles aquí: {link}
C: Pues me llevo dos 🙂
O: ¡Buena elección! Con el código {code} tiene un 10 % en el segundo.`,
  `C: ¿Y mi reembolso? Lo devolví todo hace dos semanas
O: Entiendo. ¿Me da el número de pedido?
C: {order}
O: Lo recibimos el {date} y ayer se emitieron los {price}.
C: ¿Por qué tarda tanto?
O: Tras las fiestas hubo muchísimas devoluciones. Perdone por no avisar.
C: Bueno, gracias`,
  `C: «{product}» llegó roto, una esquina hecha pedazos
O: ¡Vaya! ¿Está usted bien?
C: sí, solo enfadada
O: ¿Puede enviar una foto de la caja y del daño?
C: aquí está
O: Gracias, fue en el transporte. ¿Prefiere otro o el dinero?
C: Otro, es para el cumpleaños de mi madre el {date}
O: Sale hoy por mensajería urgente, sin coste.
C: Qué amables ❤️`,
  `C: Tengo que cambiar la dirección de {order}, nos mudamos
O: ¡Enhorabuena! ¿A dónde lo enviamos?
C: Avenida del Mar 7, 3.º B, Málaga
O: Cambiado. ¿El mismo nombre en el timbre?
C: Sí
O: Entonces la entrega sigue siendo el {date}.
C: Gracias, una cosa menos`,
  `C: La app se cierra cuando abro el carrito
O: Lo sentimos. ¿Qué móvil y versión tiene?
C: Android 14, versión 5.{code}
O: Es un fallo conocido con los cupones, hoy sale la corrección.
C: La oferta acaba esta noche...
O: En la web funciona: {link}
C: Listo, ahí pude. ¡Gracias!`,
];

export const spanishSmallTalk: readonly string[] = [
  `C: Hola de nuevo, ¿hay novedades de {order}?
O: ¡Hola! Salió esta mañana y llegará el {date}.`,
  `C: «{product}» llegó hoy y está perfecto 😊
O: ¡Qué alegría, gracias por avisar!`,
  `C: ¿Abren el {date}?
O: Sí, de 9 a 18 como siempre.`,
  `C: ¿Queda «{product}»?
O: Sí, a {price}. ¿Le guardo uno?
C: Sí, hasta el viernes
O: Hecho, diga el código {code} en la tienda.`,
  `C: ¿Puedo pasar mi cita a las {time}?
O: Sí, ya está cambiada.`,
  `C: ¿Me manda otra vez la factura de {order}?
O: Claro, aquí la tiene: {link}
C: gracias`,
  `C: ¿Los {price} son con envío?
O: Sí, el envío está incluido.
C: estupendo`,
  `C: Solo quería decir que su compañero fue muy amable por teléfono
O: ¡Muchas gracias, se lo diré! 🙌`,
];
