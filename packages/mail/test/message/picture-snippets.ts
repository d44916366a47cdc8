// Small mails with one remote picture of 300 by 200 pixels each, and where a person sees it: written down by hand, and held
// against Chromium in the browser tests.

export const PICTURE_URL = "https://pictures.example/p.png";

export interface Snippet {
  readonly html: string;
  /** On a page 390 pixels wide, and on one of 1,440. */
  readonly seen: readonly [narrow: boolean, wide: boolean];
  /** On pages 560 and 1,000 pixels wide, where that is not the same. */
  readonly seenBetween?: readonly [boolean, boolean];
  /** As it is seen on a dark page, where that is not the same. */
  readonly seenInTheDark?: readonly [narrow: boolean, wide: boolean];
  /** Seen with the pointer there. */
  readonly seenOver?: string;
}

const BOTH = [true, true] as const;
const NEVER = [false, false] as const;
const NARROW = [true, false] as const;
const WIDE = [false, true] as const;

/** `attributes` and what stands around it, with `*` for the picture. */
function picture(attributes: string, around = "*"): string {
  return around.replace("*", `<img src="${PICTURE_URL}" alt="" ${attributes}>`);
}

function styled(sheet: string, attributes = "class=t", around = "*"): string {
  return `<style>${sheet}</style>${picture(attributes, around)}`;
}

const IN_DIV = "<div class=d><p>*</p></div>";

export const SNIPPETS: readonly Snippet[] = [
  // Its own size.
  { html: picture(""), seen: BOTH },
  { html: picture("width=1 height=1"), seen: NEVER },
  { html: picture("width=2 height=2"), seen: NEVER },
  { html: picture("width=3 height=3"), seen: BOTH },
  { html: picture("width=0 height=200"), seen: NEVER },
  { html: picture("width=600 height=0"), seen: NEVER },
  { html: picture("height=1"), seen: NEVER },
  { html: picture("width=2"), seen: NEVER },
  { html: picture("width=600 height=2"), seen: BOTH },
  { html: picture('width="100%" height=1'), seen: BOTH },
  { html: picture("width=1 height=40"), seen: BOTH },
  { html: picture('width="0%" height=40'), seen: NEVER },
  { html: picture('width="1.5px" height="1px"'), seen: NEVER },
  { html: picture("style='width:1px;height:1px'"), seen: NEVER },
  { html: picture("style='max-width:1px;max-height:1px'"), seen: NEVER },
  { html: picture("style='max-height:1px'"), seen: NEVER },
  { html: picture("style='width:100%;max-width:600px;height:2px'"), seen: BOTH },
  { html: picture("width=1 height=1 style='width:300px;height:200px'"), seen: BOTH },
  { html: picture("style='width:1px;height:1px;min-width:90px;min-height:90px'"), seen: BOTH },
  { html: picture("style='font-size:1px;width:1em;height:1em'"), seen: NEVER },
  { html: picture("style='width:100%;height:auto'"), seen: BOTH },
  { html: picture("width=300 style='display:block;width:1pt;height:0.1mm'"), seen: NEVER },
  { html: picture("style='width:calc(1px);height:calc(1px)'"), seen: NEVER },
  { html: picture("style='width:min(1px,1px);height:min(1px,1px)'"), seen: NEVER },
  { html: picture("style='width:calc(3px - 2px);height:max(1px,.1em)'"), seen: NEVER },
  { html: picture("style='width:clamp(0px,100%,2px);height:calc((1px + 1px)/2)'"), seen: NEVER },
  { html: picture("style='width:min(100%,300px);height:auto'"), seen: BOTH },
  { html: picture("style='width:calc(100% - 20px);height:2px'"), seen: BOTH },
  { html: picture("style='width:max(1px,3px);height:1px'"), seen: BOTH },
  { html: picture("style='width:.1ex;height:.1ex'"), seen: NEVER },
  { html: picture("style='width:.1ch;height:1q'"), seen: NEVER },
  { html: picture("style='width:1e-1px;height:10e-1px'"), seen: NEVER },
  { html: picture("style='width:.1vmin;height:.1dvh'"), seen: NEVER },
  { html: picture("style='width:40ex;height:20ch'"), seen: BOTH },
  // Hidden by its own style.
  { html: picture("style='display:none'"), seen: NEVER },
  { html: picture("hidden"), seen: NEVER },
  { html: picture("style='visibility:hidden'"), seen: NEVER },
  { html: picture("style='opacity:0'"), seen: NEVER },
  { html: picture("style='opacity:0%'"), seen: NEVER },
  { html: picture("style='opacity:.5'"), seen: BOTH },
  { html: picture("style='filter:opacity(0)'"), seen: NEVER },
  { html: picture("style='transform:scale(0)'"), seen: NEVER },
  { html: picture("style='transform:translate(0) scaleX(0)'"), seen: NEVER },
  { html: picture("style='scale:0'"), seen: NEVER },
  { html: picture("style='transform:scale(.5)'"), seen: BOTH },
  { html: picture("style='transform:matrix(0,0,0,0,0,0)'"), seen: NEVER },
  { html: picture("style='transform:rotateY(90deg)'"), seen: NEVER },
  { html: picture("style='transform:translateX(-9999px)'"), seen: NEVER },
  { html: picture("style='transform:translate(-100vw,0)'"), seen: NEVER },
  { html: picture("style='transform:translateY(-9999px)'"), seen: NEVER },
  { html: picture("style='translate:-9999px'"), seen: NEVER },
  { html: picture("style='clip-path:inset(50%)'"), seen: NEVER },
  { html: picture("style='clip-path:inset(0 0 100% 0)'"), seen: NEVER },
  { html: picture("style='clip-path:circle(0)'"), seen: NEVER },
  { html: picture("style='clip-path:polygon(0 0,0 0,0 0)'"), seen: NEVER },
  { html: picture("style='clip-path:circle(40%)'"), seen: BOTH },
  { html: picture("style='position:absolute;clip:rect(0,0,0,0)'"), seen: NEVER },
  { html: picture("style='position:absolute;clip:rect(1px 1px 1px 1px)'"), seen: NEVER },
  { html: picture("style='position:absolute;clip:rect(0,200px,100px,0)'"), seen: BOTH },
  { html: picture("style='clip:rect(0,0,0,0)'"), seen: BOTH },
  { html: picture("style='position:absolute;left:-9999px'"), seen: NEVER },
  { html: picture("style='position:absolute;top:-999px'"), seen: NEVER },
  { html: picture("style='position:relative;left:-9999px'"), seen: NEVER },
  { html: picture("style='position:relative;right:9999px'"), seen: NEVER },
  { html: picture("style='position:absolute;inset:-9999px auto auto -9999px'"), seen: NEVER },
  { html: picture("width=600 style='position:absolute;left:-99px'"), seen: BOTH },
  { html: picture("style='left:-9999px'"), seen: BOTH },
  { html: picture("style='margin-left:-9999px'"), seen: NEVER },
  { html: picture("style='margin:0 0 0 -9999px'"), seen: NEVER },
  { html: picture("style='margin-top:-9999px;display:block'"), seen: NEVER },
  { html: picture("style='margin:-8px 0'"), seen: BOTH },
  // Hidden by what it stands in.
  { html: picture("", "<div style='display:none'><p>*</p></div>"), seen: NEVER },
  { html: picture("", "<div style='height:0;overflow:hidden'>*</div>"), seen: NEVER },
  { html: picture("", "<div style='max-height:0;overflow:hidden'><p>*</p></div>"), seen: NEVER },
  { html: picture("", "<div style='width:0;overflow:hidden'>*</div>"), seen: NEVER },
  { html: picture("", "<div style='height:0;overflow:auto'>*</div>"), seen: NEVER },
  { html: picture("", "<div style='height:0'>*</div>"), seen: BOTH },
  { html: picture("", "<span style='height:0;overflow:hidden'>*</span>"), seen: BOTH },
  { html: picture("", "<span style='display:inline-block;height:0;overflow:hidden'>*</span>"), seen: NEVER },
  { html: picture("", "<table><tr><td style='height:0;overflow:hidden'>*</table>"), seen: BOTH },
  { html: picture("", "<div style='height:0%;overflow:hidden'>*</div>"), seen: BOTH },
  { html: picture("", "<div style='height:calc(1px - 1px);overflow:hidden'>*</div>"), seen: NEVER },
  { html: picture("", "<div style='height:min(0px,1px);overflow:hidden'>*</div>"), seen: NEVER },
  { html: picture("", "<div style='height:max(0px,300px);overflow:hidden'>*</div>"), seen: BOTH },
  { html: picture("", "<div style='opacity:0'>*</div>"), seen: NEVER },
  { html: picture("", "<div style='transform:scale(0)'>*</div>"), seen: NEVER },
  { html: picture("", "<span style='transform:scale(0)'>*</span>"), seen: BOTH },
  { html: picture("", "<div style='clip-path:inset(100%)'>*</div>"), seen: NEVER },
  { html: picture("", "<div style='content-visibility:hidden'>*</div>"), seen: NEVER },
  { html: picture("", "<div style='text-indent:-9999px'>*</div>"), seen: NEVER },
  { html: picture("", "<div style='position:absolute;left:-9999px'>*</div>"), seen: NEVER },
  { html: picture("style='visibility:visible'", "<div style='visibility:hidden'>*</div>"), seen: BOTH },
  { html: picture("", "<div style='visibility:hidden'><p>*</p></div>"), seen: NEVER },
  { html: picture("", "<div style='font-size:0;line-height:0'>*</div>"), seen: BOTH },
  { html: picture("", "<div style='overflow:hidden;height:300px'>*</div>"), seen: BOTH },
  // Pushed out of what cuts it off.
  { html: picture("", "<p style='text-indent:9999px;overflow:hidden;white-space:nowrap'>*</p>"), seen: NEVER },
  { html: picture("", "<div style='overflow:hidden;width:300px;text-indent:400px'><p>*</p></div>"), seen: NEVER },
  { html: picture("", "<div style='text-indent:400px'><p style='overflow:hidden;width:300px'>*</div>"), seen: NEVER },
  { html: picture("", "<div style='padding-left:9999px;overflow:hidden;width:50px'>*</div>"), seen: NEVER },
  { html: picture("style='margin-left:400px'", "<div style='overflow:hidden;width:300px'>*</div>"), seen: NEVER },
  {
    html: picture(
      "",
      "<div style='overflow:hidden;max-width:300px'><div style='margin-left:200px'><p style='padding:0 0 0 200px'>*</div></div>",
    ),
    seen: NEVER,
  },
  {
    html: picture(
      "style='position:relative;left:400px'",
      "<div style='overflow:hidden;width:300px;position:relative'>*</div>",
    ),
    seen: NEVER,
  },
  {
    html: picture(
      "",
      "<table style='table-layout:fixed;width:100px'><tr><td style='overflow:hidden;text-indent:150px'>*</table>",
    ),
    seen: NEVER,
  },
  { html: picture("", "<div style='overflow:hidden;width:300px;margin-left:40px'>*</div>"), seen: BOTH },
  { html: picture("", "<div style='overflow:hidden;width:40px;padding-left:90px'>*</div>"), seen: BOTH },
  { html: picture("", "<div style='overflow:hidden;width:100px;text-indent:40px'>*</div>"), seen: BOTH },
  { html: picture("", "<div style='width:100px;margin-left:150px'>*</div>"), seen: BOTH },
  {
    html: picture("", "<div style='margin-left:90px'><p style='margin-left:-90px;overflow:hidden;width:80px'>*</div>"),
    seen: BOTH,
  },
  {
    html: picture("", "<table style='width:100px'><tr><td style='overflow:hidden;text-indent:150px'>*</table>"),
    seen: BOTH,
  },
  // Hidden by rules.
  { html: styled(".t{display:none}"), seen: NEVER },
  { html: styled("img{display:none}"), seen: NEVER },
  { html: styled(".d .t{display:none}", "class=t", IN_DIV), seen: NEVER },
  { html: styled(".d>.t{display:none}", "class=t", IN_DIV), seen: BOTH },
  { html: styled("p>.t{display:none}", "class=t", IN_DIV), seen: NEVER },
  { html: styled("div p .t{display:none}", "class=t", IN_DIV), seen: NEVER },
  { html: styled(".d{display:none}", "class=t", IN_DIV), seen: NEVER },
  { html: styled("#t{display:none}", "id=t"), seen: NEVER },
  { html: styled("#t{display:none}", "id=u"), seen: BOTH },
  { html: styled("[alt='']{display:none}"), seen: NEVER },
  { html: styled("img[src*=pictures]{opacity:0}"), seen: NEVER },
  { html: styled("img[src^='http://']{opacity:0}"), seen: BOTH },
  { html: styled("[class~=t]{display:none}", "class='s t'"), seen: NEVER },
  { html: styled("img:not(.logo){display:none}"), seen: NEVER },
  { html: styled("img:not(.t,.logo){display:none}"), seen: BOTH },
  { html: styled(":is(.a,.t){display:none}"), seen: NEVER },
  { html: styled("p+.t{display:none}", "class=t", "<p>a</p>*"), seen: NEVER },
  { html: styled("p~.t{display:none}", "class=t", "<p>a</p><b>b</b>*"), seen: NEVER },
  { html: styled("p+.t{display:none}", "class=t", "<p>a</p><b>b</b>*"), seen: BOTH },
  { html: styled("div>img:nth-child(2){display:none}", "", "<div><b>b</b>*</div>"), seen: NEVER },
  { html: styled("div>img:nth-child(odd){display:none}", "", "<div><b>b</b>*</div>"), seen: BOTH },
  { html: styled("img:first-of-type:last-child{display:none}", "", "<div><b>b</b>*</div>"), seen: NEVER },
  { html: styled(".nope,.t::before{display:none}"), seen: BOTH },
  { html: styled(".t:visited{display:none}"), seen: BOTH },
  { html: styled(".t{position:relative;left:-9999px}"), seen: NEVER },
  { html: styled(".d{max-height:0}p{overflow:hidden}", "", IN_DIV), seen: BOTH },
  { html: styled(".d{max-height:0}div{overflow:hidden}", "", IN_DIV), seen: NEVER },
  { html: styled(String.raw`.\74{display:none}`), seen: NEVER },
  { html: styled("@supports (display:block){.t{display:none}}"), seen: NEVER },
  // Which of them counts.
  { html: styled("#t{display:none}img.t{display:block}", "id=t class=t"), seen: NEVER },
  { html: styled(".t.t{display:none}.t{display:block}"), seen: NEVER },
  { html: styled(".t{display:none}.t{display:block}"), seen: BOTH },
  { html: styled(".t{display:none!important}.t{display:block}"), seen: NEVER },
  { html: styled(".t{display:none}", "class=t style='display:block'"), seen: BOTH },
  { html: styled(".t{display:none!important}", "class=t style='display:block'"), seen: NEVER },
  { html: styled(":where(#t){display:none}img{display:block}", "id=t"), seen: BOTH },
  { html: styled(".t{width:300px}", "class=t width=1 height=200"), seen: BOTH },
  { html: picture("style='display:none;display:banana'"), seen: NEVER },
  { html: picture("style='opacity:0;opacity:banana'"), seen: NEVER },
  { html: picture("style='width:1px;height:1px;width:90;height:90'"), seen: NEVER },
  // Hidden at some width, and shown at some.
  { html: styled("@media (max-width:600px){.t{display:none}}"), seen: WIDE },
  { html: styled("@media (max-width:600px){.t{display:none!important}}", "class=t style='display:block'"), seen: WIDE },
  { html: styled("@media (min-width:1px){.t{display:none}}"), seen: NEVER },
  { html: styled("@media screen{.t{display:none}}"), seen: NEVER },
  { html: styled("@media all and (width<=2000px){.t{display:none}}"), seen: NEVER },
  { html: styled("@media print{.t{display:none}}"), seen: BOTH },
  { html: styled("@media not print{.t{display:none}}"), seen: NEVER },
  {
    html: styled("@media (max-width:600px){#t{display:none}}@media (min-width:601px){#t{display:none}}", "id=t"),
    seen: NEVER,
  },
  {
    html: styled("@media (max-width:600px){.t{display:block!important}}", "class=t style='display:none'"),
    seen: NARROW,
  },
  { html: styled("@media (max-width:600px){.t{display:block}}", "class=t style='display:none'"), seen: NEVER },
  {
    html: styled(
      "@media only screen and (max-width:480px){.hero{display:block!important;max-height:none!important;width:100%!important;height:auto!important}}",
      "class=hero width=0 height=0 style='display:none;max-height:0;overflow:hidden'",
    ),
    seen: NARROW,
  },
  {
    html: styled(
      "@media (max-width:480px){.m{display:block!important;max-height:none!important;overflow:visible!important}}",
      "width=300",
      "<div class=m style='display:none;max-height:0;overflow:hidden'>*</div>",
    ),
    seen: NARROW,
  },
  { html: styled(".t{display:none}@media (min-width:601px){.t{display:inline}}"), seen: WIDE },
  { html: styled("@media screen{@media (max-width:600px){.t{display:none}}}"), seen: WIDE },
  { html: `<style media=print>.t{display:none}</style>${picture("class=t")}`, seen: BOTH },
  { html: `<style media="(max-width:600px)">.t{display:none}</style>${picture("class=t")}`, seen: WIDE },
  { html: `<style media=screen>.t{display:none}</style>${picture("class=t")}`, seen: NEVER },
  {
    html: styled(".t{display:none}@media (min-width:481px) and (max-width:640px){.t{display:block}}"),
    seen: NEVER,
    seenBetween: NARROW,
  },
  {
    html: styled("@media (min-width:730px) and (max-width:1430px){.t{display:none}}"),
    seen: BOTH,
    seenBetween: NARROW,
  },
  {
    html: styled(
      ".t{display:none}@media (min-width:500px){@media (min-width:900px){.t{width:9px}}}@media (min-width:56.25em) and (max-width:1000px){.t{display:block}}",
    ),
    seen: NEVER,
    seenBetween: WIDE,
  },
  { html: styled(".t{display:none}@media (min-width:2000px){.t{display:block}}"), seen: NEVER, seenBetween: NEVER },
  // On pages of one colour.
  {
    html: styled("@media (prefers-color-scheme:dark){.t{display:block!important}}", "class=t style='display:none'"),
    seen: NEVER,
    seenInTheDark: BOTH,
  },
  { html: styled("@media (prefers-color-scheme:dark){.t{display:none!important}}"), seen: BOTH, seenInTheDark: NEVER },
  {
    html: styled(
      "@media (prefers-color-scheme:dark){.t{display:none}}@media (prefers-color-scheme:light){.t{display:none}}",
    ),
    seen: NEVER,
  },
  // Under the pointer.
  {
    html: styled(".r .t{display:none}.r:hover .t{display:inline}", "class=t", "<div class=r>over me *</div>"),
    seen: NEVER,
    seenOver: ".r",
  },
];
