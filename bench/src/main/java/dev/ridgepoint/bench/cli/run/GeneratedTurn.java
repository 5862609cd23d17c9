package dev.ridgepoint.bench.cli.run;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.ridgepoint.bench.text.Table;
import dev.ridgepoint.bench.text.Units;
import java.util.List;
import java.util.Locale;

/**
 * One answer with its figures, as JSON has it.
 *
 * @param text the answer
 * @param ids its tokens, with the one that ended it
 * @param finish why it ended
 * @param promptTokens of the conversation up to the answer
 * @param cachedTokens of these, those that earlier turns had left in the KV cache
 * @param secondsToFirstToken from the prompt's text to the first token
 * @param prefill steps up to the first token
 * @param decode steps behind it
 * @param note why decoding stays far below the roof; null if there is nothing to say
 * @param speculation what guessing brought; null if nothing was to be guessed
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record GeneratedTurn(
    String text,
    int[] ids,
    String finish,
    int promptTokens,
    int cachedTokens,
    double secondsToFirstToken,
    StepFigures prefill,
    StepFigures decode,
    String note,
    SpeculationFigures speculation) {

  /** Prefill and decode beside each other, then what guessing brought. */
  List<Table> tables() {
    String title =
        String.format(
            Locale.ROOT,
            "%s, %,d of them cached; %s, the first after %s",
            Units.count(promptTokens, "prompt token"),
            cachedTokens,
            Units.count(ids.length, "new token"),
            Units.duration(secondsToFirstToken));
    Table phases =
        new Table(
            "phases",
            title,
            StepFigures.COLUMNS,
            List.of(prefill.row("prefill"), decode.row("decode")));
    return speculation == null ? List.of(phases) : List.of(phases, speculation.table());
  }
}
