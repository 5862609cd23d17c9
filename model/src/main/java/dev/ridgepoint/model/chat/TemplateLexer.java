package dev.ridgepoint.model.chat;

import dev.ridgepoint.model.chat.Token.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Cuts a template into tokens. White space is as with Jinja's {@code trim_blocks} and {@code
 * lstrip_blocks}: a statement takes the line's indentation before it and the line's end behind it
 * along.
 */
final class TemplateLexer {
  private static final Pattern LEXEME =
      Pattern.compile(
          "(?<space>\\s+)|(?<name>[\\p{L}_][\\p{L}\\p{N}_]*+)"
              + "|(?<float>\\d++(?:\\.\\d++(?:[eE][+-]?\\d++)?|[eE][+-]?\\d++))|(?<int>\\d++)"
              + "|(?<string>'(?:[^'\\\\]|\\\\.)*+'|\"(?:[^\"\\\\]|\\\\.)*+\")"
              + "|(?<operator>//|\\*\\*|==|!=|<=|>=|[-+*/%~|.,:;()\\[\\]{}=<>])",
          Pattern.DOTALL);
  private static final Pattern END_RAW = Pattern.compile("\\{%([-+]?)\\s*endraw\\s*(-?)%}");

  private final String template;
  private final List<Token> tokens = new ArrayList<>();
  private int at;
  private int counted;
  private int line = 1;
  // What the last tag does to the text behind it.
  private boolean stripNext;
  private boolean trimNext;

  private TemplateLexer(String template) {
    this.template = template;
  }

  /** The tokens, the last of kind END. */
  static List<Token> tokens(String template) {
    String lines = template.replaceAll("\r\n?", "\n");
    // Jinja leaves out a template's last line end.
    return new TemplateLexer(lines.endsWith("\n") ? lines.substring(0, lines.length() - 1) : lines)
        .run();
  }

  private List<Token> run() {
    while (at < template.length()) {
      int tag = nextTag(at);
      text(at, tag);
      if (tag < template.length()) {
        tag(tag);
      }
    }
    add(Kind.END, "");
    return tokens;
  }

  private int nextTag(int from) {
    for (int i = template.indexOf('{', from); i >= 0; i = template.indexOf('{', i + 1)) {
      if (i + 1 < template.length() && "{%#".indexOf(template.charAt(i + 1)) >= 0) {
        return i;
      }
    }
    return template.length();
  }

  /** Adds the text up to a tag, as the tags around it leave it. */
  private void text(int from, int tag) {
    String text = template.substring(from, tag);
    if (trimNext && text.startsWith("\n")) {
      text = text.substring(1);
    }
    if (stripNext) {
      text = text.stripLeading();
    }
    char sign = tag + 2 < template.length() ? template.charAt(tag + 2) : ' ';
    if (tag < template.length() && sign == '-') {
      text = text.stripTrailing();
    } else if (tag < template.length() && template.charAt(tag + 1) != '{' && sign != '+') {
      text = withoutIndentation(text, from);
    }
    at = tag;
    if (!text.isEmpty()) {
      add(Kind.TEXT, text);
    }
  }

  private String withoutIndentation(String text, int from) {
    int end = text.length();
    while (end > 0 && (text.charAt(end - 1) == ' ' || text.charAt(end - 1) == '\t')) {
      end--;
    }
    boolean startsLine =
        end > 0
            ? text.charAt(end - 1) == '\n'
            : from == 0 || template.charAt(from) == '\n' || template.charAt(from - 1) == '\n';
    return startsLine ? text.substring(0, end) : text;
  }

  private void tag(int start) {
    char kind = template.charAt(start + 1);
    at = start + 2;
    if (at < template.length() && "-+".indexOf(template.charAt(at)) >= 0) {
      at++;
    }
    if (kind == '#') {
      comment(start);
      return;
    }
    boolean isOutput = kind == '{';
    add(isOutput ? Kind.OUTPUT_BEGIN : Kind.BLOCK_BEGIN, template.substring(start, start + 2));
    int first = tokens.size();
    lexemes(isOutput ? "}}" : "%}");
    add(isOutput ? Kind.OUTPUT_END : Kind.BLOCK_END, isOutput ? "}}" : "%}");
    trimNext = !isOutput;
    if (!isOutput && tokens.get(first).is(Kind.NAME, "raw")) {
      tokens.subList(first - 1, tokens.size()).clear();
      raw();
    }
  }

  private void comment(int start) {
    int end = template.indexOf("#}", at);
    if (end < 0) {
      throw new TemplateException(line(start), "a comment without end");
    }
    stripNext = template.charAt(end - 1) == '-';
    trimNext = true;
    at = end + 2;
  }

  private void raw() {
    Matcher end = END_RAW.matcher(template);
    if (!end.find(at)) {
      throw new TemplateException(line(at), "raw without endraw");
    }
    String text = template.substring(at, end.start());
    text = stripNext ? text.stripLeading() : text;
    text = end.group(1).equals("-") ? text.stripTrailing() : text;
    if (!text.isEmpty()) {
      add(Kind.TEXT, text);
    }
    at = end.end();
    stripNext = end.group(2).equals("-");
    trimNext = true;
  }

  /** Adds what stands within a tag, up to its end. */
  private void lexemes(String close) {
    int open = 0;
    Matcher matcher = LEXEME.matcher(template);
    while (true) {
      boolean dash = template.startsWith("-" + close, at);
      if (open == 0 && (dash || template.startsWith(close, at))) {
        at += close.length() + (dash ? 1 : 0);
        stripNext = dash;
        return;
      }
      if (!matcher.region(at, template.length()).lookingAt()) {
        throw new TemplateException(
            line(at),
            at < template.length()
                ? "unexpected '" + Character.toString(template.codePointAt(at)) + "'"
                : "a tag without end");
      }
      open += lexeme(matcher);
      at = matcher.end();
    }
  }

  /** Adds a lexeme and says how many brackets it opens. */
  private int lexeme(Matcher matcher) {
    String text = matcher.group();
    if (matcher.start("name") >= 0) {
      add(Kind.NAME, text);
    } else if (matcher.start("float") >= 0) {
      add(Kind.FLOAT, text);
    } else if (matcher.start("int") >= 0) {
      add(Kind.INTEGER, text);
    } else if (matcher.start("string") >= 0) {
      add(Kind.STRING, unescaped(text.substring(1, text.length() - 1)));
    } else if (matcher.start("operator") >= 0) {
      add(Kind.OPERATOR, text);
      return "([{".contains(text) ? 1 : ")]}".contains(text) ? -1 : 0;
    }
    return 0;
  }

  /** Python's escapes. */
  private String unescaped(String text) {
    if (text.indexOf('\\') < 0) {
      return text;
    }
    StringBuilder result = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      char character = text.charAt(i);
      if (character != '\\') {
        result.append(character);
        continue;
      }
      char escape = text.charAt(++i);
      int digits = escape == 'x' ? 2 : escape == 'u' ? 4 : escape == 'U' ? 8 : 0;
      if (digits > 0) {
        result.appendCodePoint(codePoint(text, i + 1, digits));
        i += digits;
      } else {
        result.append(simpleEscape(escape));
      }
    }
    return result.toString();
  }

  private int codePoint(String text, int start, int digits) {
    try {
      int value = Integer.parseInt(text, start, start + digits, 16);
      if (Character.isValidCodePoint(value)) {
        return value;
      }
    } catch (NumberFormatException | IndexOutOfBoundsException _) {
      // told of below
    }
    throw new TemplateException(line(at), "a malformed escape");
  }

  private static String simpleEscape(char escape) {
    return switch (escape) {
      case 'n' -> "\n";
      case 't' -> "\t";
      case 'r' -> "\r";
      case 'b' -> "\b";
      case 'f' -> "\f";
      case '0' -> "\0";
      case '\n' -> "";
      case '\\', '\'', '"' -> String.valueOf(escape);
      default -> "\\" + escape;
    };
  }

  private void add(Kind kind, String text) {
    tokens.add(new Token(kind, text, line(at)));
  }

  /** The line of a place that no earlier call's place lies behind. */
  private int line(int position) {
    for (; counted < position; counted++) {
      line += template.charAt(counted) == '\n' ? 1 : 0;
    }
    return line;
  }
}
