// Spanish.
import type { Messages } from "./messages.ts";

/** Everything the page says, in Spanish. */
export const es: Messages = {
  app: {
    name: "Cabina de voto",
    language: "Idioma",
    skip: "Ir al contenido",
    plain: "Qué es secreto y qué no",
    lock: "Bloquear",
    forget: "Olvidar este dispositivo",
    close: "Cerrar",
    cancel: "Cancelar",
    back: "Volver",
    tryAgain: "Intentar de nuevo",
    startAgain: "Empezar de nuevo",
    copy: "Copiar",
    copied: "Copiado.",
    copyFailed: "Este navegador no permite que la página copie. Selecciona el texto y cópialo a mano.",
    saveFile: "Guardar en un archivo",
    working: "Un momento…",
    development: {
      title: "Un ensayo con claves de desarrollo, no una votación real.",
      text: "Las claves con las que aquí se sellan las papeletas las generó una sola máquina, para ensayar. Quien las generó podría falsificar papeletas.",
    },
    offline: "No tienes conexión. Lo que ves se guardó antes en este dispositivo.",
  },
  forget: {
    title: "¿Olvidar todo lo que hay en este dispositivo?",
    text: "Se borrarán de este navegador tu identidad, tus comprobantes, tus resguardos y las evidencias guardadas. Solo podrás volver con tus 24 palabras de recuperación.",
    ballots:
      "Una papeleta ya emitida sigue emitida, y lo mismo una demostración o una firma que ya conste. Lo que esté sellado y aún no se haya enviado se pierde.",
    confirm: "Olvidarlo todo",
    keep: "Conservarlo todo",
  },
  starting: { title: "Un momento", text: "Se está abriendo tu cabina en este dispositivo." },
  welcome: {
    title: "Esta es tu cabina de votación",
    text: "Aquí votas desde tu propio dispositivo y después compruebas que tu papeleta se ha contado. Tu voto se cifra antes de salir de esta página.",
    invited: "Tienes una invitación para entrar en el censo de {organisation}.",
    invitedCaution:
      "Ese nombre lo escribió quien hizo el enlace. Sigue solo si la invitación te llegó por una vía de confianza.",
    pollWaiting:
      "Lo que has abierto te espera. Para seguir, este dispositivo necesita primero tu identidad de voto.",
    first: "Es la primera vez que entro",
    firstHint: "Se crea una identidad de voto en este dispositivo.",
    returning: "Tengo mis palabras de recuperación",
    returningHint: "Se trae a este dispositivo la identidad que ya tienes.",
    haveLink: "Tengo un enlace o una invitación en texto",
  },
  openLink: {
    label: "El enlace que te enviaron, o su texto",
    hint: "Pégalo tal como lo recibiste.",
    submit: "Abrir",
    empty: "Pega primero el enlace.",
  },
  create: {
    title: "Crea tu identidad de voto",
    text: "Es una clave secreta que solo te pertenece a ti. Se crea aquí, se guarda cifrada y nunca sale de este dispositivo.",
    submit: "Crear mi identidad",
    busy: "Creando y cifrando tu identidad…",
  },
  restore: {
    title: "Trae tu identidad a este dispositivo",
    text: "Nada de lo que escribas aquí se envía a ninguna parte.",
    from: "¿Qué tienes?",
    fromWords: "24 palabras de recuperación",
    fromKey: "Una clave de 64 dígitos hexadecimales",
    words: "Tus palabras de recuperación",
    wordsHint: "Las 24, en orden y separadas por espacios.",
    key: "Tu clave",
    keyHint: "64 dígitos: del 0 al 9 y de la a a la f.",
    keyCaution:
      "Cualquier otra aplicación que tenga la misma clave puede reconocerte y firmar en tu nombre. Usa una clave que sirva solo para votar.",
    empty: "Rellena primero este campo.",
    submit: "Recuperar mi identidad",
  },
  keep: {
    legend: "¿Cómo quieres desbloquearla a partir de ahora?",
    passphrase: "Con una frase de acceso",
    passphraseHint: "Varias palabras que solo a ti se te ocurriría juntar.",
    passkey: "Con una llave de acceso",
    passkeyHint: "Huella, cara o llave de seguridad, si este dispositivo lo permite.",
    choose: "Frase de acceso",
    chooseHint:
      "Al menos {count} caracteres. Nadie puede restablecerla: sin ella, solo tus palabras de recuperación te devuelven la identidad.",
    repeat: "Repite la frase de acceso",
    show: "Mostrar lo que escribo",
    tooShort: "La frase de acceso necesita al menos {count} caracteres.",
    differ: "Las dos frases de acceso no coinciden.",
  },
  locked: {
    title: "Desbloquea tu cabina",
    text: "Tu identidad de voto está cifrada en este dispositivo.",
    passphrase: "Tu frase de acceso",
    wrong: "Esa no es la frase de acceso. No se ha perdido nada; inténtalo de nuevo.",
    wrongPasskey: "Esa llave de acceso no abre tu identidad. No se ha perdido nada; inténtalo de nuevo.",
    empty: "Escribe primero tu frase de acceso.",
    unlock: "Desbloquear",
    unlockPasskey: "Desbloquear con mi llave de acceso",
    busy: "Desbloqueando…",
    lost: "Ya no puedo desbloquearla",
    lostText:
      "Nadie puede restablecerte una frase ni una llave de acceso. Olvida este dispositivo y recupera después tu identidad con las 24 palabras.",
  },
  words: {
    title: "Apunta tus palabras de recuperación",
    text: "Estas 24 palabras son tu identidad de voto en papel. Con ellas puedes volver si este dispositivo se pierde o se rompe. Solo se muestran ahora.",
    caution:
      "Quien las lea puede votar en tu lugar. Ni capturas de pantalla ni correos: lápiz y papel, en lugar seguro.",
    show: "Nadie me ve: mostrar las palabras",
    hide: "Ocultar las palabras",
    hidden: "Las palabras están tapadas.",
    list: "Tus 24 palabras de recuperación, en orden",
    print: "Imprimir",
    written: "Ya las he apuntado",
    sheet: "Palabras de recuperación de una identidad de voto. Guarda esta hoja como guardarías una llave.",
  },
  membership: {
    title: "Entrega tu solicitud",
    text: "Para entrar en el censo de {organisation}, entrega esta solicitud a quienes lo llevan: como enlace, como código para escanear o como archivo.",
    inside:
      "Contiene tu compromiso público y una prueba de que es tuyo. Tu clave secreta no está dentro. Quienes llevan el censo sabrán qué compromiso es tuyo, pero no, más adelante, qué papeleta.",
    link: "Solicitud como enlace",
    qr: "Solicitud como código QR",
    qrTooLong: "La solicitud es demasiado larga para un código QR. Usa el enlace o el archivo.",
    save: "Guardar la solicitud en un archivo",
    next: "¿Ya estás en el censo?",
    nextText: "Abre entonces la votación o la petición con el enlace que te enviaron.",
    noneTitle: "Abre lo que te enviaron",
    noneText:
      "Tu identidad está lista. Pega el enlace que te dio tu organización: una invitación, una votación, una petición o una convocatoria de horas.",
  },
  loading: {
    text: "Antes de mostrarte nada, este dispositivo comprueba por su cuenta:",
    poll: {
      title: "Comprobando la votación",
      steps: [
        "que quien lleva el censo y todas las personas custodias han firmado exactamente esta votación",
        "que las claves con que se sellan las papeletas son las que nombra la votación",
        "que el censo es el que firmaron, y si figuras en él",
      ],
    },
    hours: {
      title: "Comprobando horas y créditos",
      steps: [
        "que tus comprobantes están sellados para ti",
        "que la convocatoria, si has abierto una, la ha firmado quien lleva el censo",
        "que el registro es el que nombra, y cuáles de tus créditos constan en él",
      ],
    },
    petition: {
      title: "Comprobando la petición",
      steps: [
        "que quien lleva el censo ha firmado exactamente esta petición",
        "que el censo es el que se firmó, y si figuras en él",
      ],
    },
    roll: {
      title: "Comprobando el censo",
      steps: [
        "que el censo más reciente lo ha firmado quien te invitó",
        "que se sirve entero, y si figuras en él",
      ],
    },
  },
  poll: {
    ballotPaper: "Votación de",
    tab: "La votación",
    opens: "La votación se abre el {time}.",
    closes: "Se puede votar hasta el {time}.",
    closed: "La votación se cerró el {time}.",
    onRoll: {
      one: "Figuras en el censo de esta votación, que tiene {count} puesto.",
      other: "Figuras en el censo de esta votación, que tiene {count} puestos.",
    },
    notOnRoll:
      "La identidad de este dispositivo no figura en el censo de esta votación, así que no puede votar aquí. Si pediste entrar, puede que tu solicitud no llegara a tiempo.",
    rollUnknown: "Cuando desbloquees tu identidad se comprobará si figuras en el censo.",
    unknownRegistrar:
      "De esta votación solo responde el enlace: en este dispositivo no se ha abierto ninguna invitación de quien lleva su censo. Vota si el enlace te llegó por una vía de confianza.",
    notVoted: "Todavía no se ha emitido ninguna papeleta desde este dispositivo.",
    sealed: "Una papeleta tuya, ya sellada, espera en este dispositivo. Aún no está emitida.",
    cast: "Tu papeleta está emitida.",
    castChangeable:
      "Tu papeleta está emitida. Puedes cambiarla mientras la votación siga abierta; solo cuenta la última.",
    final: "En esta votación no se puede cambiar la papeleta una vez emitida.",
    vote: "Votar",
    change: "Cambiar mi voto",
    goOn: "Seguir con el envío",
    check: "Comprobar papeleta y resultado",
    hiddenTitle: "¿Oculto para quién?",
    hiddenHow: {
      one: "Lo que votas se cifra en este dispositivo: ni el servidor ni quienes organizan pueden leerlo. La persona custodia, sola, podría abrir papeletas sueltas; su tarea es abrir únicamente la suma.",
      other:
        "Lo que votas se cifra en este dispositivo: ni el servidor ni quienes organizan pueden leerlo. Solo {threshold} de las {count} personas custodias, juntas, podrían abrir papeletas sueltas; su tarea es abrir únicamente la suma.",
    },
    hiddenWho:
      "Tu papeleta no lleva nombre. Cualquiera puede ver que la emitió alguien del censo; nadie puede ver quién.",
    shownWhen:
      "Cuándo votas no queda oculto: el tablón muestra en qué orden llegan las papeletas, y quien vigile la red puede ver que este dispositivo estuvo aquí.",
    pressure:
      "Nada de esto frena a quien esté a tu lado o tenga tu dispositivo en la mano. Si te miraron o te presionaron, vuelve a votar a solas antes del cierre: solo cuenta la última papeleta.",
    pressureFinal:
      "Nada de esto frena a quien esté a tu lado o tenga tu dispositivo en la mano, y en esta votación no se puede votar de nuevo. Vota donde nadie te vea.",
    checked: "Qué ha comprobado este dispositivo",
    checkedText:
      "Quien lleva el censo y todas las personas custodias han firmado esta votación. Las claves y el censo son los que firmaron.",
    trustees: {
      one: "El resultado lo abre una sola persona custodia:",
      other: "El resultado lo pueden abrir {threshold} de estas {count} personas custodias juntas:",
    },
    witnesses: "También dan fe del cierre:",
    minimum: {
      one: "No se abre nada si no se cuenta al menos {count} papeleta.",
      other: "No se abre nada si no se cuentan al menos {count} papeletas.",
    },
    pollId: "Número de la votación",
    registrarKey: "Clave de quien lleva el censo",
    other: "Abrir otra cosa que te enviaron",
  },
  choose: {
    title: "Tu papeleta",
    single: "Marca una opción.",
    singleOptional: "Marca una opción o deja la papeleta en blanco.",
    blank: "Voto en blanco",
    approvalRange: "Marca entre {min} y {max} opciones.",
    approvalExactly: {
      one: "Marca exactamente {count} opción.",
      other: "Marca exactamente {count} opciones.",
    },
    approvalUpTo: {
      one: "Marca {count} opción o ninguna.",
      other: "Marca las que quieras, hasta {count}. También puede ser ninguna.",
    },
    marked: { one: "{count} marcada", other: "{count} marcadas" },
    ranked: "Ponlas todas en tu orden, empezando por la que prefieres.",
    ranking: "Tu orden",
    unranked: "Aún sin puesto",
    rankNone: "Elige la que prefieres; ocupará el primer puesto.",
    rankNext: "Poner en el puesto {place}:",
    rankUp: "Subir {option}",
    rankDown: "Bajar {option}",
    rankOut: "Quitar {option} de tu orden",
    rankPlaced: "{option} está ahora en el puesto {place} de {count}.",
    rankRemoved: "{option} ya no tiene puesto.",
    place: "Puesto {place}",
    points: "Reparte entre {min} y {max} puntos en total.",
    pointsExactly: {
      one: "Da exactamente {count} punto.",
      other: "Reparte exactamente {count} puntos en total.",
    },
    pointsUpTo: {
      one: "Puedes dar {count} punto.",
      other: "Puedes repartir hasta {count} puntos en total.",
    },
    costRange: "Reparte puntos que cuesten entre {min} y {max} en total.",
    costExactly: "Reparte puntos que cuesten exactamente {max} en total.",
    costUpTo: "Reparte puntos que cuesten como mucho {max} en total.",
    quadratic:
      "Las preferencias fuertes cuestan más: 1 punto cuesta 1, 2 puntos cuestan 4, 3 puntos cuestan 9, etc.",
    score: "Puntúa cada una por separado; 0 también es una puntuación.",
    distinct: "No puede haber dos con el mismo número.",
    upTo: { one: "0 o {count}", other: "de 0 a {count}" },
    less: "Un punto menos para {option}",
    more: "Un punto más para {option}",
    pointsFor: "Puntos para {option}",
    used: "{used} de {max} usados",
    costs: { one: "cuesta {count}", other: "cuestan {count}" },
    incomplete: "Esta papeleta aún no cumple las reglas. Mira la indicación de arriba.",
    onDevice: "Lo que marcas se queda en este dispositivo, cifrado, hasta que emitas la papeleta.",
    next: "Revisar",
  },
  proof: {
    title: "Sellando tu papeleta",
    artifacts: "Descargando lo necesario para sellar",
    witness: "Rellenando la papeleta sellada",
    proof: "Demostrando que es válida sin abrirla",
    minutes: "En un teléfono antiguo puede tardar un minuto o más. Mientras tanto puedes seguir leyendo.",
    ready: "Tu papeleta está sellada. Todavía no se ha enviado nada.",
    idle: "Se ha detenido el sellado. Tus marcas se conservan.",
    cancel: "Detener el sellado",
    again: "Sellarla ahora",
    percent: "{percent} hecho",
  },
  review: {
    title: "¿Es este tu voto?",
    text: "Todavía no se ha enviado nada. Una vez emitida la papeleta, nadie podrá volver a mostrarte esta página: lo que has votado no se guarda en ninguna parte.",
    blank: "Papeleta en blanco",
    marked: "Has marcado",
    order: "Tu orden es",
    given: "Das",
    points: { one: "{count} punto", other: "{count} puntos" },
    delay: "Esperar un rato al azar antes de enviar",
    delayHint:
      "Hasta 15 minutos. Así, el momento en que pulsas el botón dice menos sobre qué papeleta es la tuya. Deja abierta esta página.",
    cast: "Emitir mi papeleta",
    notReady: "Tu papeleta aún se está sellando. Podrás emitirla en cuanto termine.",
    change: "Cambiarla",
    again: "Mientras la votación siga abierta puedes volver a votar; cuenta tu última papeleta.",
    once: "En esta votación, una papeleta emitida ya no se puede cambiar.",
  },
  casting: {
    title: "Tu papeleta va de camino",
    notCast: "Todavía no está emitida.",
    stored:
      "La papeleta sellada está guardada en este dispositivo. Si cierras la página ahora, podrás seguir después.",
    delayed: "Espera aquí un rato al azar: quedan unos {time}.",
    skip: "Enviarla ya",
    sending: "Enviando y esperando el resguardo…",
    attempt: "Intento {attempt}.",
    offline: "No tienes conexión. Se enviará en cuanto la haya.",
    noAnswer:
      "El servidor no ha contestado. Se vuelve a enviar exactamente la misma papeleta; solo puede contar una vez.",
    retryIn: "Próximo intento en {time}.",
    retry: "Intentarlo ya",
    refused: "El servidor no ha aceptado la papeleta",
    leave: "Volver a la votación",
  },
  receipt: {
    title: "Tu papeleta está emitida",
    stamp: "Emitida",
    text: "Este dispositivo ha verificado el resguardo: tu papeleta sellada figura en el tablón público, en la posición {position} de {size}.",
    unconfirmedTitle: "Tu papeleta aún no está emitida",
    unconfirmed: "Está sellada y guardada en este dispositivo, pero no ha llegado ningún resguardo válido.",
    keep: "Guarda tu resguardo. Con él podrás demostrar más adelante que tu papeleta está en el tablón.",
    caution:
      "No dice qué has votado. Pero quien lo reciba de ti sabrá qué papeleta es la tuya y que has votado.",
    number: "Número de tu papeleta",
    version: "Versión",
    versionFirst: "tu primera papeleta",
    versionChanged: { one: "cambiada {count} vez", other: "cambiada {count} veces" },
    qr: "Resguardo como código QR",
    save: "Guardar el resguardo",
    check: "Comprobarla",
    poll: "Volver a la votación",
  },
  check: {
    title: "Compruébalo por tu cuenta",
    text: "No hace falta que te fíes de nadie. Cuatro preguntas que este dispositivo responde a partir de los archivos públicos.",
    good: "Sí",
    bad: "No",
    looking: "Mirando…",
    unknown: "Aún no se sabe",
    ballot: {
      question: "¿Está mi papeleta en el tablón?",
      good: "Tu papeleta figura, sin alterar, en el tablón que se muestra ahora, en la posición {position} de {size}.",
      unknown: "Aún no se ha buscado.",
      noBallot:
        "Desde este dispositivo no se ha emitido ninguna papeleta, así que no hay ninguna que buscar.",
    },
    board: {
      question: "¿Ven las demás personas el mismo tablón?",
      text: "El punto de control es la huella firmada del tablón. Compáralo con alguien que use otra conexión: por teléfono, en un tablón de anuncios, en papel.",
      here: {
        one: "El tablón que se ve aquí tiene {count} papeleta.",
        other: "El tablón que se ve aquí tiene {count} papeletas.",
      },
      checkpoint: "Punto de control que se ve aquí",
      save: "Guardar el punto de control",
      paste: "Un punto de control que haya visto otra persona",
      pasteHint: "Pega todas sus líneas.",
      compare: "Comparar",
      empty: "Pega primero un punto de control.",
      good: {
        one: "Los dos son de un mismo tablón. El suyo tenía {count} papeleta.",
        other: "Los dos son de un mismo tablón. El suyo tenía {count} papeletas.",
      },
    },
    result: {
      question: "¿Cuál es el resultado?",
      published: "Publicado por las personas custodias:",
      counted: { one: "Se ha contado {count} papeleta.", other: "Se han contado {count} papeletas." },
      tooFew: {
        one: "Se ha contado {count} papeleta: muy pocas. No se ha abierto nada, para que no se vea el voto de nadie.",
        other:
          "Se han contado {count} papeletas: muy pocas. No se ha abierto nada, para que no se vea el voto de nadie.",
      },
      option: "Opción",
      votes: "Votos",
      points: "Puntos",
      share: "Parte",
      caption: "Resultado",
      notYet: "Todavía no hay resultado. Se abre después del cierre de la votación.",
    },
    audit: {
      question: "¿Es correcto?",
      text: "Este dispositivo lo repasa todo: firmas, censo, claves, la prueba de cada papeleta, las sumas y cómo se abrieron.",
      run: "Comprobarlo todo ahora",
      good: "Todo cuadra: cada papeleta contada es válida y el resultado se deduce del tablón.",
      goodSoFar: "Hasta aquí todo cuadra. La votación aún no tiene resultado.",
      tooLarge:
        "Esta votación es demasiado grande para un navegador. En un ordenador la comprueba la orden «npm run audit»; la página técnica de tu organización explica cómo.",
      steps: {
        poll: "Votación y firmas",
        roll: "Censo",
        trustees: "Clave de las personas custodias",
        board: "Pruebas de las papeletas",
        closing: "Cierre",
        result: "Resultado",
      },
    },
    offline: "Sin conexión no se puede mirar.",
  },
  sent: {
    notRecorded: "Todavía no consta.",
    refusedOne: "Esta no consta.",
    minutes: "En un teléfono antiguo puede tardar un minuto o más.",
    stored:
      "Queda guardado en este dispositivo y se vuelve a enviar solo, también si cierras la página y vuelves.",
    noAnswer:
      "El servidor no ha contestado. Se vuelve a enviar exactamente lo mismo; solo puede contar una vez.",
    otherDevice:
      "Si no lo enviaste desde otro dispositivo, alguien más tiene tu clave: avisa enseguida a tu organización.",
    again: "Volver a mirar",
    keep: "Guarda el resguardo: con él puedes enseñar que lo tuyo consta en el tablón.",
  },
  hours: {
    open: "Horas y créditos",
    request: "Lo pide",
    opens: "Se puede demostrar desde el {time}.",
    closes: "Se puede demostrar hasta el {time}.",
    closed: "Se pudo demostrar hasta el {time}.",
    before: "Todavía no se puede demostrar nada aquí. Esta página cambia sola en cuanto se pueda.",
    over: "Aquí ya no se puede demostrar nada.",
    number: "Número de tu demostración",
    title: "Tus horas y créditos",
    text: "Lo que tu trabajo o tu escuela te acreditó, sellado para que solo tú puedas leerlo. Se queda en este dispositivo.",
    files: "Añadir comprobantes",
    filesHint: "Los archivos que te dieron quienes te acreditan. Puedes elegir varios a la vez.",
    notAdded: "Algo no se ha añadido.",
    none: "Todavía no hay comprobantes en este dispositivo.",
    mine: "En este dispositivo",
    total: "{category}: {amount} en total, según los comprobantes",
    credit: "{amount} ({category}): {period}",
    creditOfHours: "{amount} en {period}",
    hours: "horas",
    points: { one: "{count} punto", other: "{count} puntos" },
    link: "Para demostrar cuánto suman, abre el enlace que tu organización publicó para ello.",
    back: "Ver todas mis horas",
    periods: "Cuenta desde {first} hasta {last}.",
    category: "Solo cuenta {category}.",
    anyCategory: "Cuentan todas las categorías.",
    unknownRegistrar:
      "De esta convocatoria solo responde el enlace: en este dispositivo no se ha abierto ninguna invitación de quien lleva su censo. Sigue si el enlace te llegó por una vía de confianza.",
    notOnRoll:
      "La identidad de este dispositivo no figura en el censo de esta convocatoria, así que aquí no puede demostrar nada.",
    adds: "Lo que cuenta aquí suma {amount}.",
    atMost: {
      one: "Se usa {count} comprobante.",
      other: "Se usan como mucho {count} comprobantes.",
    },
    position: "posición {position} del registro",
    counts: "cuenta",
    notCounted: "no cuenta aquí",
    revoked: "se revocó",
    missing: "no está en el registro, o todavía no",
    thresholds: "¿Qué quieres demostrar?",
    atLeast: "Al menos {amount}",
    reached: "Tus comprobantes bastan para esto.",
    notReached: "Tus comprobantes no bastan para esto.",
    noneReached:
      "Tus comprobantes no bastan para ninguna de las cantidades. No se ha demostrado ni enviado nada.",
    shownTitle: "Qué se muestra y qué no",
    shown:
      "Se muestra la cantidad que eliges arriba, los meses y la categoría de esta convocatoria, y que alguien del censo la alcanzó.",
    anonymity: {
      one: "En el censo hay {count} persona: solo puedes ser tú.",
      other:
        "Eres una de las {count} personas del censo. Cuantas menos puedan alcanzar la cantidad, menos se oculta.",
    },
    hidden:
      "No se muestra quién eres, cuánto tienes de más, cuántos comprobantes usaste ni qué trabajo los dio.",
    when: "Se ve cuándo llega, y más o menos cómo de reciente era el registro cuando lo demostraste.",
    once: "Puedes demostrarlo una vez en esta convocatoria. No se gasta nada: los mismos comprobantes sirven para otras.",
    claim: "Demostrar y enviar",
    proving: "Demostrándolo en este dispositivo",
    artifacts: "Trayendo las herramientas para demostrarlo",
    witness: "Reuniendo tus comprobantes",
    proof: "Demostrando la cantidad sin enseñar más",
    sending: "Tu demostración va de camino",
    refused: "La demostración fue rechazada",
    already: "En esta convocatoria ya consta una demostración de tu identidad.",
    recorded: "Tu demostración consta",
    recordedText: "Al menos {amount}: es la entrada {position} del tablón, y el resguardo lo demuestra.",
    caution: "Quien reciba de ti el resguardo sabrá que esta demostración es tuya.",
  },
  petition: {
    of: "Petición a las personas del censo de",
    tab: "Una petición",
    opens: "Se puede firmar desde el {time}.",
    closes: "Se puede firmar hasta el {time}.",
    closed: "Se pudo firmar hasta el {time}.",
    before: "Todavía no se puede firmar. Esta página cambia sola en cuanto se pueda.",
    over: "Ya no se puede firmar.",
    unknownRegistrar:
      "De esta petición solo responde el enlace: en este dispositivo no se ha abierto ninguna invitación de quien lleva su censo. Firma si el enlace te llegó por una vía de confianza.",
    notOnRoll:
      "La identidad de este dispositivo no figura en el censo de esta petición, así que aquí no puede firmar.",
    shownTitle: "Qué muestra una firma y qué no",
    shown: "Muestra que alguien del censo firma esta petición, y que nadie la firma dos veces.",
    hidden: "No muestra quién. Ni quienes organizan ni el servidor pueden averiguarlo a partir de ella.",
    anonymity: {
      one: "En el censo hay {count} persona: la firma solo puede ser tuya.",
      other: "La firma puede ser de cualquiera de las {count} personas del censo.",
    },
    when: "Se ve cuándo llega, y quien vigile la red puede ver que este dispositivo estuvo aquí.",
    once: "Una firma que ya consta no se puede retirar.",
    sign: "Firmar la petición",
    proving: "Firmando en este dispositivo",
    artifacts: "Trayendo las herramientas para la prueba",
    witness: "Buscando tu lugar en el censo",
    proof: "Probando que firma alguien del censo, sin decir quién",
    sending: "Tu firma va de camino",
    refused: "La firma fue rechazada",
    already: "En esta petición ya consta una firma de tu identidad.",
    recorded: "Tu firma consta",
    recordedText:
      "Este dispositivo ha verificado el resguardo: tu firma está en el tablón público, en la posición {position} de {size}.",
    number: "Número de tu firma",
    caution: "Quien reciba de ti el resguardo sabrá que esta firma es tuya.",
  },
  signIn: {
    open: "Demostrar que estás en el censo",
    rollOf: "Censo de",
    title: "Demuestra que estás en el censo",
    text: "El servicio de {origin} hace una sola pregunta, nueva cada vez. Este dispositivo responde con una prueba de que aquí hay alguien del censo.",
    notOnRoll:
      "La identidad de este dispositivo no figura en el censo que se firmó el {time}, así que no puede demostrarlo. Si entraste después, inténtalo más tarde.",
    learnsTitle: "Qué sabrá el servicio",
    learns: "Que aquí hay ahora alguien del censo.",
    hidden: {
      one: "En el censo hay {count} persona: eso dice quién eres.",
      other: "No quién de las {count} personas del censo, ni si ya estuvo aquí antes.",
    },
    network: "La dirección de tu conexión no forma parte de la prueba, pero tampoco queda oculta.",
    only: "La prueba solo vale para esta dirección y para esta única pregunta. No firma nada ni abre nada en otro lugar.",
    submit: "Demostrarlo",
    proving: "Demostrándolo en este dispositivo",
    artifacts: "Trayendo las herramientas para la prueba",
    witness: "Buscando tu lugar en el censo",
    proof: "Probando que aquí hay alguien del censo, sin decir quién",
    sending: "Entregando la prueba…",
    done: "El servicio te reconoce como parte del censo",
    doneText: "Tu prueba se ha aceptado en {origin}.",
    learnedTitle: "Qué sabe ahora el servicio",
    nothingKept:
      "En este dispositivo no se guarda nada de ello, y esta página no mantiene ninguna sesión. Qué haga el servicio con la respuesta es cosa suya.",
    again: "Demostrarlo otra vez",
    noRoll:
      "Este dispositivo aún no sabe cuál es tu censo. Abre la invitación que te envió tu organización: en ella consta de quién es el censo que vale.",
    otherHost:
      "Esta página y su servicio están en direcciones distintas. La prueba solo se hace para la dirección de la propia página, así que aquí no se hace ninguna.",
  },
  refused: {
    title: "Esta página se detiene aquí",
    failed: "No ha funcionado",
    kept: "Lo recibido se ha guardado en este dispositivo como evidencia. Guárdalo aparte y enséñalo a tu organización y a alguien de fuera de ella.",
    save: "Guardar la evidencia",
    saveFailed: "No se ha podido leer la evidencia de este dispositivo.",
    details: "Para quien lo investigue",
    code: "Código",
    place: "Lugar",
    todo: "Qué puedes hacer",
  },
  plain: {
    title: "Qué es secreto y qué no",
    intro: "Con palabras sencillas y sin prometer más de lo que es cierto.",
    hidden: "Lo que queda oculto",
    hiddenParts: [
      {
        title: "Qué has votado",
        text: "Tu voto se cifra en tu dispositivo. Ni el servidor, ni quienes organizan, ni el resto de la organización pueden leerlo. Un número suficiente de personas custodias que faltaran juntas a su tarea podría abrir papeletas sueltas, pero no encontraría en ellas ningún nombre.",
      },
      {
        title: "Quién emitió qué papeleta",
        text: "Cada papeleta demuestra que la emitió alguien del censo, sin decir quién. Tampoco pueden saberlo quienes llevan el censo.",
      },
      {
        title: "Quién firma, demuestra horas o accede",
        text: "Cada firma, cada demostración de horas y cada acceso prueban que detrás hay alguien del censo, sin decir quién. No se pueden relacionar con una papeleta, ni entre sí.",
      },
      {
        title: "Cómo va la votación",
        text: "Nadie ve un resultado provisional. La suma se abre solo después del cierre.",
      },
    ],
    shown: "Lo que no queda oculto",
    shownParts: [
      {
        title: "Las presiones",
        text: "Ninguna página puede saber si alguien mira por encima de tu hombro. No frena a quien te obligue, te compre el voto o te quite el dispositivo. Donde la votación lo permite, puedes votar de nuevo más tarde y a solas; eso alivia la presión, no la elimina.",
      },
      {
        title: "La red",
        text: "Tu proveedor de internet, la red de tu trabajo o quien lleve el servidor pueden ver que tu dispositivo visitó esta página, y cuándo.",
      },
      {
        title: "La hora",
        text: "El tablón público muestra en qué orden llegan las papeletas. Quien sepa cuándo votaste puede acotar cuál es la tuya. Esperar un rato al azar antes de enviar ayuda un poco.",
      },
      {
        title: "Las votaciones pequeñas",
        text: "Entre pocas papeletas, el resultado dice mucho de cada una; si hay unanimidad, lo dice todo. Por debajo del mínimo que fija la votación no se abre nada.",
      },
      {
        title: "El futuro lejano",
        text: "Las papeletas cifradas siguen siendo públicas. Si más adelante se filtran las claves de las personas custodias o algún día se rompe el cifrado, podrán leerse, aunque sin nombres.",
      },
    ],
    trust: "Lo que depende de la confianza",
    trustParts: [
      {
        title: "El censo",
        text: "Quién entra en el censo lo decide tu organización. Las personas inventadas solo se notarían en las cifras publicadas: comparadlas en la asamblea.",
      },
      {
        title: "Las personas custodias",
        text: "Mientras no se pongan de acuerdo tantas como indica la votación, nada se abre antes de tiempo. Si falsean el resultado, lo nota cualquiera que lo compruebe.",
      },
      {
        title: "El servidor",
        text: "Puede perder o rechazar una papeleta, pero no alterarla ni inventarla sin que se note. Sin resguardo, tu papeleta no cuenta como emitida. También esta página viene de un servidor: si hay mucho en juego, compara su huella con otras personas.",
      },
    ],
    device: "Lo que se queda en este dispositivo",
    deviceParts: [
      {
        title: "Se guarda",
        text: "Tu identidad, tus comprobantes y, hasta que emitas la papeleta, tus marcas, todo cifrado; lo que sellaste, su resguardo y, si algo salió mal, las evidencias. No hay cookies ni se pide nada a terceros.",
      },
      {
        title: "No se guarda",
        text: "Qué has votado, una vez sellada la papeleta. Quien controle tu dispositivo, o un programa instalado en él, puede haberlo visto de todos modos.",
      },
    ],
  },
  faults: {
    generic: {
      what: "Ha fallado algo para lo que esta página no tiene palabras.",
      todo: "Apunta el código de abajo y enséñalo a tu organización.",
    },
    unreadable: {
      what: "Lo que se ha leído está dañado o no es lo que debería ser.",
      todo: "Comprueba que lo has copiado entero. Si venía del servidor, enseña el código de abajo a tu organización.",
    },
    invitation: {
      what: "Este no es un enlace completo de esta página.",
      todo: "Copia el enlace entero, tal como lo recibiste, o pídelo otra vez.",
    },
    linkKind: {
      what: "Este enlace es de otro tipo que el que hace falta aquí.",
      todo: "Abre un enlace que te haya enviado tu organización, no la solicitud de otra persona.",
    },
    config: {
      what: "Esta página está mal configurada.",
      todo: "Avisa a quien la mantiene de que «config.json» no es válido.",
    },
    recoveryWords: {
      what: "Estas palabras de recuperación no son válidas.",
      todo: "Comprueba que están las 24, en orden y escritas como las apuntaste.",
    },
    passkey: {
      what: "No se ha podido usar la llave de acceso en este dispositivo.",
      todo: "Inténtalo de nuevo o elige una frase de acceso.",
    },
    storage: {
      what: "Este navegador no deja que la página guarde nada.",
      todo: "Sal del modo privado, libera espacio o usa otro navegador. Sin almacenamiento podría perderse lo que selles.",
    },
    prover: {
      what: "No se ha podido sellar o demostrar en este dispositivo.",
      todo: "Inténtalo de nuevo. Si falta memoria, cierra antes otras páginas y programas, o usa otro dispositivo.",
    },
    noAnswer: {
      what: "No hay conexión, o el servidor no contesta.",
      todo: "Inténtalo de nuevo cuando tengas conexión. No has perdido nada.",
    },
    pollUnsigned: {
      what: "No han firmado esta votación todas las personas que tienen que firmarla.",
      todo: "No votes en ella. Pregunta a tu organización y a una persona custodia si es la votación que firmaron.",
    },
    pollNotAnchored: {
      what: "Esta votación no es la de tu enlace, o no la firma quien lleva tu censo.",
      todo: "No votes en ella. Pide otra vez el enlace por una vía de confianza.",
    },
    pollBroken: {
      what: "Esta votación está mal hecha: no se podría contar, o no con seguridad.",
      todo: "Avisa a tu organización; hay que preparar la votación de nuevo.",
    },
    pollUnknown: {
      what: "El servidor no conoce esta votación.",
      todo: "Revisa el enlace. Puede que la votación aún no se haya publicado.",
    },
    pollNotOpen: {
      what: "La votación todavía no se ha abierto.",
      todo: "Vuelve cuando se abra. Revisa también el reloj de este dispositivo.",
    },
    pollClosed: {
      what: "La votación está cerrada.",
      todo: "Una papeleta que no se emitió a tiempo no cuenta. Aún puedes comprobar el resultado.",
    },
    keySet: {
      what: "Las claves para sellar no son las que se firmaron para esto.",
      todo: "No sigas. Avisa a tu organización: alguien ha cambiado o dañado las claves.",
    },
    forgeableKeys: {
      what: "Con estas claves cualquiera podría falsificar lo que se sella.",
      todo: "No sigas. Avisa a tu organización y a las personas custodias.",
    },
    developmentKeys: {
      what: "Esto se hizo con claves de ensayo, que aquí no se admiten.",
      todo: "Si es un ensayo, ábrelo donde se hacen los ensayos. Cuando va en serio hacen falta claves reales.",
    },
    artifact: {
      what: "Un archivo necesario ha llegado dañado, o alguien lo ha cambiado.",
      todo: "Inténtalo de nuevo. Si se repite, usa otra conexión y avisa a tu organización.",
    },
    artifactMissing: {
      what: "Al servidor le falta un archivo necesario.",
      todo: "Avisa a tu organización.",
    },
    fileMissing: {
      what: "Falta en el servidor un archivo público que hace falta, o aún no está.",
      todo: "Inténtalo más tarde. Si sigue faltando, avisa a tu organización.",
    },
    identity: {
      what: "Esta clave no sirve.",
      todo: "Comprueba que has escrito los 64 dígitos.",
    },
    registration: {
      what: "La solicitud no corresponde a esta invitación.",
      todo: "Pide una invitación nueva.",
    },
    roll: {
      what: "El censo que muestra el servidor no es el que se firmó.",
      todo: "No sigas. Enseña la evidencia a tu organización y a una persona custodia.",
    },
    notOnRoll: {
      what: "La identidad de este dispositivo no figura en este censo.",
      todo: "Pregunta a quienes llevan el censo. Si tienes varias identidades, recupera la que registraste.",
    },
    votes: {
      what: "Estas marcas no cumplen las reglas de la papeleta.",
      todo: "Vuelve atrás y cámbialas.",
    },
    revision: {
      what: "En esta votación no se puede cambiar la papeleta, o no tantas veces.",
      todo: "Cuenta la papeleta que ya emitiste.",
    },
    ballotRefused: {
      what: "El servidor dice que lo que enviaste no es válido.",
      todo: "Este dispositivo lo ha comprobado; uno de los dos se equivoca. Enseña el código de abajo a tu organización.",
    },
    nullifierUsed: {
      what: "En el tablón ya hay otra papeleta de tu identidad con la misma versión.",
      todo: "Si votaste desde otro dispositivo, cuenta aquella papeleta. Si no, alguien más tiene tu clave: avisa enseguida a tu organización.",
    },
    checkpoint: {
      what: "El estado firmado del tablón falta o su firma no es válida.",
      todo: "Enseña la evidencia a tu organización. Sin un resguardo válido, nada de lo que enviaste cuenta como hecho.",
    },
    checkpointOtherBoard: {
      what: "Este punto de control es de otro tablón.",
      todo: "Comprueba que es de la misma votación, convocatoria o petición.",
    },
    board: {
      what: "El tablón que muestra el servidor se contradice.",
      todo: "Enseña la evidencia a tu organización, a una persona custodia y a más gente del censo.",
    },
    boardInconsistent: {
      what: "Hay dos tablones. Lo que se firmó antes no forma parte de lo que se muestra ahora.",
      todo: "Guarda los dos puntos de control: juntos demuestran que se ha manipulado el tablón. Enséñalos a una persona custodia y a más gente del censo.",
    },
    boardStale: {
      what: "El servidor muestra un estado del tablón anterior al que este dispositivo ya ha visto.",
      todo: "Inténtalo más tarde. Si sigue así, enseña tu resguardo o tu punto de control a tu organización.",
    },
    ballotMissing: {
      what: "Donde tu resguardo dice que está tu papeleta hay otra distinta.",
      todo: "Guarda la evidencia y tu resguardo, y enséñalos a una persona custodia y a más gente del censo: juntos demuestran que se ha manipulado el tablón.",
    },
    superseded: {
      what: "En el tablón hay una papeleta tuya posterior, emitida desde otro dispositivo.",
      todo: "Cuenta esa. Si no la emitiste tú, alguien más tiene tu clave: avisa enseguida a tu organización.",
    },
    tooLarge: {
      what: "Esta votación es demasiado grande para comprobarla en un navegador.",
      todo: "En un ordenador la comprueba la orden «npm run audit».",
    },
    receipt: {
      what: "El resguardo que ha enviado el servidor no es de lo que tú enviaste.",
      todo: "Lo que enviaste no cuenta como hecho. Guarda la evidencia e inténtalo de nuevo.",
    },
    receiptNotIncluded: {
      what: "El resguardo no demuestra que lo que enviaste esté en el tablón.",
      todo: "No cuenta como hecho. Guarda la evidencia, enséñala a otras personas del censo e inténtalo de nuevo.",
    },
    ceremony: {
      what: "La clave de las personas custodias no procede de la generación de claves publicada.",
      todo: "No votes. Enseña esto a una persona custodia.",
    },
    closing: {
      what: "El cierre de la votación no está firmado como debe, o se refiere a otro tablón.",
      todo: "No te fíes del resultado. Pregunta a las personas custodias.",
    },
    tooFewBallots: {
      what: "Hay muy pocas papeletas para dar un resultado.",
      todo: "No se abre nada, para que no se vea ningún voto suelto.",
    },
    share: {
      what: "Falta la parte de una persona custodia para abrir el resultado, o no es correcta.",
      todo: "No te fíes del resultado. Enseña a las personas custodias el código y el lugar de abajo.",
    },
    result: {
      what: "El resultado publicado no se deduce de las papeletas del tablón.",
      todo: "No te fíes de él. Enséñalo a más gente del censo y a las personas custodias; pueden comprobarlo igual que tú.",
    },
    service: {
      what: "El servidor tiene un fallo.",
      todo: "Inténtalo más tarde. No has perdido nada.",
    },
    secretFile: {
      what: "La identidad guardada está dañada.",
      todo: "Olvida este dispositivo y recupera tu identidad con tus palabras de recuperación.",
    },
    passphraseLength: {
      what: "La frase de acceso es demasiado corta o demasiado larga.",
      todo: "Elige otra.",
    },
    attestation: {
      what: "Esto no es un comprobante, o está dañado.",
      todo: "Pide a quienes te acreditaron que lo envíen otra vez.",
    },
    attestationNotMine: {
      what: "Este comprobante está sellado para otra persona, o fue alterado.",
      todo: "Si se publicaron varios juntos, solo se abren los tuyos. Si tienes una identidad nueva, pide otro.",
    },
    attestationMissing: {
      what: "El registro no tiene este crédito, o todavía no.",
      todo: "Prueba más tarde. Si sigue sin aparecer, pregunta a quienes te acreditaron.",
    },
    attestationRevoked: {
      what: "Este crédito se revocó.",
      todo: "Pregunta a quienes te acreditaron. Una corrección llega con un comprobante nuevo.",
    },
    ledger: {
      what: "El registro de créditos no está en orden.",
      todo: "No sigas. Guarda la evidencia y enséñala a tu organización.",
    },
    ledgerGrew: {
      what: "El registro que se sirvió no encaja: puede que acabe de crecer.",
      todo: "Prueba dentro de un momento. Si sigue igual, avisa a tu organización.",
    },
    ledgerRoot: {
      what: "El registro cambió mientras tu demostración iba de camino.",
      todo: "Abre otra vez la convocatoria y demuéstralo de nuevo. No consta nada.",
    },
    policyBroken: {
      what: "La convocatoria que se sirvió no está en orden.",
      todo: "No sigas. Guarda la evidencia y enséñala a tu organización.",
    },
    policyNotAnchored: {
      what: "No es la convocatoria que nombra el enlace, o no es de quien te invitó al censo.",
      todo: "Pide otra vez el enlace por una vía de confianza.",
    },
    policyClosed: {
      what: "Esta convocatoria no está abierta ahora.",
      todo: "Mira las fechas en su página.",
    },
    hoursNotEnough: {
      what: "Tus comprobantes no alcanzan esta cantidad.",
      todo: "Elige una cantidad menor o añade comprobantes. No se ha enviado nada.",
    },
    claimRefused: {
      what: "El servicio no aceptó la demostración como una de esta convocatoria.",
      todo: "Abre otra vez la convocatoria y demuéstralo de nuevo.",
    },
    petition: {
      what: "La petición que se sirvió no está en orden, o el servidor no la conoce.",
      todo: "No la firmes. Revisa el enlace y avisa a tu organización.",
    },
    petitionNotAnchored: {
      what: "No es la petición que nombra el enlace, o no es de quien te invitó al censo.",
      todo: "No la firmes. Pide otra vez el enlace por una vía de confianza.",
    },
    petitionClosed: {
      what: "Esta petición no se puede firmar ahora.",
      todo: "Mira las fechas en su página. Revisa también el reloj de este dispositivo.",
    },
    snapshot: {
      what: "La lista de personas del censo que se sirvió no es la que firmó quien te invitó.",
      todo: "No sigas. Guarda la evidencia y enséñala a tu organización.",
    },
    question: {
      what: "La pregunta del servicio era demasiado vieja, o ya tenía respuesta.",
      todo: "Inténtalo de nuevo: hará otra.",
    },
    membershipProof: {
      what: "La prueba de pertenencia no es para este lugar y esta ocasión.",
      todo: "Empieza de nuevo. Si sigue igual, avisa a tu organización.",
    },
    passphraseWrong: {
      what: "Esa no es la frase de acceso.",
      todo: "Inténtalo de nuevo.",
    },
  },
};
