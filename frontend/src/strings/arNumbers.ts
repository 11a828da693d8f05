import { formatCount, pluralIn } from "../locale";

const plural = pluralIn("ar");

type Forms = Record<Exclude<Intl.LDMLPluralRule, "zero">, string> & { zero?: string };

/** A number with its word in the forms of Arabic; `#` is the number, which one and two carry in
 *  the word itself. */
function counted(forms: Forms) {
  return (count: number) => plural(count, forms).replace("#", formatCount(count));
}

/** All waits follow a preposition, so their duals are oblique. */
export const wait = {
  seconds: counted({
    one: "ثانية واحدة",
    two: "ثانيتين",
    few: "# ثوانٍ",
    many: "# ثانية",
    other: "# ثانية",
  }),
  minutes: counted({
    one: "دقيقة واحدة",
    two: "دقيقتين",
    few: "# دقائق",
    many: "# دقيقة",
    other: "# دقيقة",
  }),
  hours: counted({
    one: "ساعة واحدة",
    two: "ساعتين",
    few: "# ساعات",
    many: "# ساعة",
    other: "# ساعة",
  }),
  days: counted({
    one: "يوم واحد",
    two: "يومين",
    few: "# أيام",
    many: "# يومًا",
    other: "# يوم",
  }),
};

export const moreComments = counted({
  one: "تعليق آخر.",
  two: "تعليقان آخران.",
  few: "# تعليقات أخرى.",
  many: "# تعليقًا آخر.",
  other: "# تعليق آخر.",
});

export const leftAtMost = counted({
  zero: "لم يبق أي حرف",
  one: "بقي حرف واحد",
  two: "بقي حرفان أو أقل",
  few: "بقي # أحرف أو أقل",
  many: "بقي # حرفًا أو أقل",
  other: "بقي # حرف أو أقل",
});

export const earlierNotices = counted({
  one: "إشعار أقدم",
  two: "إشعاران أقدم",
  few: "# إشعارات أقدم",
  many: "# إشعارًا أقدم",
  other: "# إشعار أقدم",
});

export const watchingNow = counted({
  zero: "لا أحد يشاهد الآن",
  one: "شخص واحد يشاهد الآن",
  two: "شخصان يشاهدان الآن",
  few: "# أشخاص يشاهدون الآن",
  many: "# شخصًا يشاهدون الآن",
  other: "# شخص يشاهدون الآن",
});

export const viewers = counted({
  zero: "لا مشاهدين",
  one: "مشاهد واحد",
  two: "مشاهدان",
  few: "# مشاهدين",
  many: "# مشاهدًا",
  other: "# مشاهد",
});

export const peopleFound = counted({
  zero: "لم يُعثر على أحد",
  one: "عُثر على شخص واحد",
  two: "عُثر على شخصين",
  few: "عُثر على # أشخاص",
  many: "عُثر على # شخصًا",
  other: "عُثر على # شخص",
});

export const emojiFound = counted({
  zero: "لا رموز",
  one: "رمز واحد",
  two: "رمزان",
  few: "# رموز",
  many: "# رمزًا",
  other: "# رمز",
});

export const comments = counted({
  one: "تعليق واحد",
  two: "تعليقان",
  few: "# تعليقات",
  many: "# تعليقًا",
  other: "# تعليق",
});
