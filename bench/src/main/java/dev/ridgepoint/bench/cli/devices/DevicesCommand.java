package dev.ridgepoint.bench.cli.devices;

import dev.ridgepoint.bench.cli.options.DeviceOptions;
import dev.ridgepoint.bench.cli.options.Output;
import dev.ridgepoint.bench.cli.options.OutputOptions;
import dev.ridgepoint.bench.text.Cell;
import dev.ridgepoint.bench.text.Format;
import dev.ridgepoint.bench.text.Section;
import dev.ridgepoint.bench.text.Sections;
import dev.ridgepoint.bench.text.Table;
import dev.ridgepoint.estimator.hardware.ComputeDtype;
import dev.ridgepoint.estimator.hardware.Device;
import dev.ridgepoint.estimator.hardware.DeviceCatalog;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Datasheets. */
@Command(
    name = "devices",
    description = {
      "Lists the devices that are known, or tells everything of one.",
      "Peaks are dense; links are one direction; prices change."
    },
    mixinStandardHelpOptions = true)
public final class DevicesCommand implements Runnable {
  private static final String NOTE =
      "'ridge devices NAME' tells the rest: sources, dates of prices, other dtypes";

  private static final List<ComputeDtype> LISTED =
      List.of(ComputeDtype.F32, ComputeDtype.F16, ComputeDtype.BF16, ComputeDtype.FP8);

  @Parameters(
      paramLabel = "DEVICE",
      arity = "0..1",
      description = "A name or alias, a file that describes a device, or 'local'.")
  private String name;

  @Mixin private OutputOptions outputOptions;

  @Spec private CommandSpec spec;

  @Override
  public void run() {
    Section section =
        name == null
            ? new Section("devices", List.of(), List.of(all()), List.of(), List.of(NOTE))
            : new Section("device", facts(DeviceOptions.find(name)), List.of(), List.of());
    Output.print(spec, new Sections(List.of(section), false).render(outputOptions.document()));
  }

  private static Table all() {
    return Table.ofCells(
        "catalogue",
        "dense peaks in TFLOP/s by dtype; ridge point of the first of bf16, f16, f32, in FLOP/B",
        DeviceCatalog.all().stream().map(DevicesCommand::row).toList());
  }

  private static List<Cell> row(Device device) {
    List<Cell> row = new ArrayList<>();
    row.add(Cell.of("name", "device", Format.TEXT, device.name()));
    for (ComputeDtype dtype : LISTED) {
      row.add(peak(device, dtype, Format.TERA));
    }
    row.add(Cell.of("memoryBytes", "GB", Format.GIGA, memoryBytes(device)));
    row.add(Cell.of("memoryBytesPerSecond", "GB/s", Format.GIGA, device.memoryBytesPerSecond()));
    row.add(
        Cell.of("linkBytesPerSecond", "link", Format.GIGA, orNull(device.linkBytesPerSecond())));
    row.add(Cell.of("ridgePoint", "ridge", Format.NUMBER, ridge(device, device.usualDtype())));
    row.add(number("watts", "W", device.watts()));
    row.add(dollars("cloudDollarsPerHour", "$/hour", device.cloudPricePerHour()));
    return row;
  }

  private static List<Cell> facts(Device device) {
    List<Cell> facts = new ArrayList<>();
    facts.add(Cell.of("name", "device", Format.TEXT, device.name()));
    facts.add(text("kind", "kind", Optional.of(device.kind())));
    device
        .peakFlopsPerSecond()
        .keySet()
        .forEach(dtype -> facts.add(peak(device, dtype, Format.FLOPS_PER_SECOND)));
    facts.add(Cell.of("memoryBytes", "usable memory", Format.BYTES, memoryBytes(device)));
    facts.add(
        Cell.of(
            "memoryBytesPerSecond",
            "bandwidth",
            Format.BYTES_PER_SECOND,
            device.memoryBytesPerSecond()));
    facts.add(
        Cell.of(
            "linkBytesPerSecond",
            "link, one direction",
            Format.BYTES_PER_SECOND,
            orNull(device.linkBytesPerSecond())));
    device
        .peakFlopsPerSecond()
        .keySet()
        .forEach(
            dtype ->
                facts.add(
                    Cell.of(
                        "ridgePoint" + dtype,
                        "ridge " + label(dtype) + ", FLOP/B",
                        Format.NUMBER,
                        ridge(device, dtype))));
    facts.add(number("watts", "power, W", device.watts()));
    addPrice(facts, "listPrice", "list price", device.listPrice());
    addPrice(facts, "cloudPricePerHour", "rent of an hour", device.cloudPricePerHour());
    facts.add(
        Cell.of(
            "measuredMatmulFlopsPerSecond",
            "matrix products measured",
            Format.FLOPS_PER_SECOND,
            device.measuredMatmul().map(Device.MatmulRate::flopsPerSecond).orElse(null)));
    facts.add(Cell.of("source", "source", Format.TEXT, device.source()));
    facts.add(text("confidence", "confidence", device.confidence()));
    facts.add(text("note", "note", device.note()));
    return facts.stream().filter(cell -> cell.value() != null).toList();
  }

  private static void addPrice(
      List<Cell> facts, String key, String heading, Optional<Device.Price> price) {
    facts.add(dollars(key + "Dollars", heading, price));
    facts.add(text(key + "AsOf", "  as of", price.map(Device.Price::asOf)));
    facts.add(text(key + "Source", "  by", price.map(Device.Price::source)));
  }

  private static Long memoryBytes(Device device) {
    return device.memoryBytes().isPresent() ? device.memoryBytes().getAsLong() : null;
  }

  private static Cell peak(Device device, ComputeDtype dtype, Format format) {
    return Cell.of(
        "peakFlopsPerSecond" + dtype, label(dtype), format, device.peakFlopsPerSecond().get(dtype));
  }

  private static Double ridge(Device device, ComputeDtype dtype) {
    return device.peakFlopsPerSecond().containsKey(dtype)
        ? device.roofline(dtype).ridgePoint()
        : null;
  }

  private static String label(ComputeDtype dtype) {
    return dtype.name().toLowerCase(Locale.ROOT);
  }

  private static Cell number(String key, String heading, OptionalDouble value) {
    return Cell.of(key, heading, Format.NUMBER, orNull(value));
  }

  private static Cell dollars(String key, String heading, Optional<Device.Price> price) {
    return Cell.of(key, heading, Format.DOLLARS, price.map(Device.Price::dollars).orElse(null));
  }

  private static Cell text(String key, String heading, Optional<?> value) {
    return Cell.of(key, heading, Format.TEXT, value.map(Object::toString).orElse(null));
  }

  private static Double orNull(OptionalDouble value) {
    return value.isPresent() ? value.getAsDouble() : null;
  }
}
