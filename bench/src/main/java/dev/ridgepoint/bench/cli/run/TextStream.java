package dev.ridgepoint.bench.cli.run;

import dev.ridgepoint.model.tokenizer.StopTexts;
import dev.ridgepoint.model.tokenizer.StreamingDecoder;
import dev.ridgepoint.model.tokenizer.Tokenizer;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.function.Predicate;

/** The text of one answer, passed on as its tokens come. */
final class TextStream {
  private final StreamingDecoder decoder;
  private final StopTexts stops;
  private final IntPredicate isEnd;
  private final Predicate<String> sink;
  private final StringBuilder text = new StringBuilder();
  private Finish finish = Finish.LENGTH;

  /** Why an answer ended. */
  enum Finish {
    /** The model ended it. */
    END_TOKEN,
    /** A string of {@code --stop} came. */
    STOP_TEXT,
    /** There was no room for more. */
    LENGTH,
    /** Nobody wants more. */
    INTERRUPTED
  }

  /**
   * @param sink is given each piece of text, which may be empty; whether it wants more
   */
  TextStream(Tokenizer tokenizer, List<String> stops, IntPredicate isEnd, Predicate<String> sink) {
    decoder = new StreamingDecoder(tokenizer, false);
    this.stops = new StopTexts(stops);
    this.isEnd = isEnd;
    this.sink = sink;
  }

  /** Takes a token; whether another is wanted. */
  boolean append(int token) {
    if (isEnd.test(token)) {
      finish = Finish.END_TOKEN;
      return false;
    }
    boolean isWanted = emit(stops.append(decoder.append(token)));
    if (stops.isReached()) {
      finish = Finish.STOP_TEXT;
    } else if (!isWanted) {
      finish = Finish.INTERRUPTED;
    }
    return finish == Finish.LENGTH;
  }

  /** Passes on what was held back. */
  void close() {
    if (!stops.isReached()) {
      String rest = stops.append(decoder.finish());
      emit(rest + stops.finish());
      if (stops.isReached()) {
        finish = Finish.STOP_TEXT;
      }
    }
  }

  private boolean emit(String piece) {
    text.append(piece);
    return sink.test(piece);
  }

  String text() {
    return text.toString();
  }

  Finish finish() {
    return finish;
  }
}
