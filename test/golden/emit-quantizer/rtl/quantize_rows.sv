// Written by fastmamba.

// PMU: Scales to int8: multiplies, shifts with rounding, saturates.
module quantize_rows (
  input  logic         clk,
  input  logic         rst,
  input  logic         start,  // one cycle; the first iteration is in the next
  output logic         done,  // high while nothing runs
  input  logic [6:0]   rows,  // 0..100: rows of 4 words
  input  logic [15:0]  multiplier,  // 1..65535: scale of the input
  input  logic [4:0]   shift,  // 1..31: shift behind the multiplier
  input  logic [511:0] values_data,  // s16.11 x 32: values of a row
  input  logic         values_valid,
  output logic         values_ready,
  output logic [255:0] bytes_data,  // s8 x 32: quantized values
  output logic         bytes_valid,
  input  logic         bytes_ready
);

  // Prologue: a register after every operation; the call starts when all have settled.
  logic [8:0] word_count;
  always_ff @(posedge clk) word_count <= 9'(rows) << 2;
  logic any;  // the nest has iterations in this call
  always_ff @(posedge clk) any <= 9'd0 < word_count;
  logic [8:0] word_end;
  always_ff @(posedge clk) word_end <= 9'(word_count - 9'd1);

  // One enable moves the whole process; it is held while a stage in use waits for a channel or for memory.
  wire en;

  // A nest begins in the cycle after the one before it has left the pipeline.
  wire running;
  wire enter, finish;
  nest_sequence #(.NESTS(1)) nests (
    .clk, .rst, .start, .running,
    .any(any),
    .enter(enter),
    .finish(finish)
  );
  assign done = ~running;

  // Nest Quantize (word): 6 stages, an iteration every cycle.
  wire issue;  // an iteration begins
  logic [8:0] word;
  wire word_last = word == word_end;
  always_ff @(posedge clk)
    if (enter) word <= '0;
    else if (en & issue) word <= word_last ? '0 : word + 9'd1;
  nest_control #(.STAGES(6), .INTERVAL(1)) control (
    .clk, .rst, .en, .enter(enter), .last(word_last),
    .issue(issue), .finish(finish)
  );
  logic [5:1] at;  // at[s]: an iteration stands in stage s
  always_ff @(posedge clk)
    if (rst) at <= '0;
    else if (en) at <= 5'({at, issue});

  // Stage 0: unscaled, product
  wire values_wanted = issue;
  wire [511:0] unscaled = values_data;
  for (genvar i = 0; i < 32; ++i) begin : product_lanes
    wire signed [31:0] product;
    wire signed [16:0] product_a = $signed(17'(multiplier));
    wire signed [15:0] product_b = $signed(unscaled[16 * i +: 16]);
    dsp_multiplier #(.A_WIDTH(17), .B_WIDTH(16), .P_WIDTH(32), .STAGES(3))
      product_product (.clk, .en, .a(product_a), .b(product_b), .p(product));
  end

  // Stage 3: rounded_product
  for (genvar i = 0; i < 32; ++i) begin : rounded_product_lanes
    logic signed [33:0] rounded_product_doubled;
    always_ff @(posedge clk) if (en) rounded_product_doubled <= (34'(product_lanes[i].product) << 1) >>> shift;
    wire signed [30:0] rounded_product = 31'((rounded_product_doubled + 34'sd1) >>> 1);
    logic signed [30:0] rounded_product_s5;
    always_ff @(posedge clk) if (en) rounded_product_s5 <= rounded_product;
  end

  // Stage 5: quantized
  for (genvar i = 0; i < 32; ++i) begin : quantized_lanes
    wire [23:0] quantized_upper = rounded_product_lanes[i].rounded_product_s5[30:7];
    wire quantized_fits = &quantized_upper | ~|quantized_upper;
    wire signed [7:0] quantized = quantized_fits ? 8'(rounded_product_lanes[i].rounded_product_s5) : (rounded_product_lanes[i].rounded_product_s5[30] ? 8'sh80 : 8'sd127);
  end
  wire bytes_wanted = at[5];
  wire [255:0] bytes_word;
  for (genvar i = 0; i < 32; ++i) begin : bytes_word_pack
    assign bytes_word[8 * i +: 8] = quantized_lanes[i].quantized;
  end

  // Who waits: for a word, for room, for memory. A word moves in a cycle in which the whole process does.
  wire lacks_word = (values_wanted & ~values_valid);
  wire lacks_room = (bytes_wanted & ~bytes_ready);
  wire lacks_memory = 1'b0;
  assign en = running & ~(lacks_word | lacks_room | lacks_memory);
  assign values_ready = en & values_wanted;
  assign bytes_valid = en & bytes_wanted;
  assign bytes_data = bytes_word;
endmodule
