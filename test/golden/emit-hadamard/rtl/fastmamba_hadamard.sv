// Written by fastmamba.

// Blocks of 16 in words of 4 lanes.
module fastmamba_hadamard (
  input  logic        clk,
  input  logic        rst,
  input  logic        start,  // one cycle; scalars and bases hold from here to the end
  output logic        done,  // high while nothing runs
  input  logic        clear,  // gives up the call; the memory goes on
  output logic [0:0]  errors,  // a bit a port: the memory has answered with an error
  output logic [0:0]  awaiting,  // a bit a port: the memory has not answered yet
  output logic [2:0]  unfinished,  // a bit a process: it runs
  input  logic [8:0]  words,  // 0..400: words of 4 lanes
  input  logic [63:0] input_data,  // s16.11 x 4: values
  input  logic        input_valid,
  output logic        input_ready,
  output logic [79:0] output_data,  // s20.11 x 4: transformed values
  output logic        output_valid,
  input  logic        output_ready
);

  // A call: 2 cycles until the prologues have settled, then all processes at once.
  wire hat_lanes_done;
  wire hat_words_1_done;
  wire hat_words_2_done;
  assign errors = {1'b0};
  assign awaiting = {1'b0};
  assign unfinished = ~{hat_words_2_done, hat_words_1_done, hat_lanes_done};
  // Start and reset go to each process, with the channels that it writes, from a register of its own, and so they do to each AXI master.
  logic [3:0] settling;
  always_ff @(posedge clk)
    if (rst | clear) settling <= '0;
    else settling <= 4'({settling, start});
  wire [5:0] steers;
  register_copies #(.WIDTH(2), .COPIES(3)) steer_processes (
    .clk, .en(1'b1), .in({settling[1], rst | clear}), .out(steers)
  );
  wire go = steers[1];  // all of them see the start
  // What has ended is brought together in two stages. A call can end from the cycle on in which both have seen its start.
  logic [0:0] ends;
  always_ff @(posedge clk) begin
    ends[0] <= hat_lanes_done & hat_words_1_done & hat_words_2_done;
  end
  logic busy;
  logic launched;
  wire ended = launched & (&ends);
  always_ff @(posedge clk)
    if (rst | clear | ended) launched <= 1'b0;
    else if (settling[3]) launched <= 1'b1;
  always_ff @(posedge clk)
    if (rst | clear | ended) busy <= 1'b0;
    else if (start) busy <= 1'b1;
  assign done = ~busy;

  // s18 x 4: Sums and differences over 4 neighbours, within a word.
  wire [71:0] hat_stage_2_in_data, hat_stage_2_data;
  wire hat_stage_2_in_valid, hat_stage_2_in_ready, hat_stage_2_valid, hat_stage_2_ready;
  fifo #(.WIDTH(72), .DEPTH(2), .STORAGE("registers"), .ID(3)) fifo_hat_stage_2 (
    .clk, .rst(steers[0]), .in_reserve(1'b0),
    .in_data(hat_stage_2_in_data), .in_valid(hat_stage_2_in_valid), .in_ready(hat_stage_2_in_ready),
    .out_data(hat_stage_2_data), .out_valid(hat_stage_2_valid), .out_ready(hat_stage_2_ready)
  );

  // s19 x 4: Sums and differences over 8 neighbours.
  wire [75:0] hat_stage_3_in_data, hat_stage_3_data;
  wire hat_stage_3_in_valid, hat_stage_3_in_ready, hat_stage_3_valid, hat_stage_3_ready;
  fifo #(.WIDTH(76), .DEPTH(2), .STORAGE("registers"), .ID(4)) fifo_hat_stage_3 (
    .clk, .rst(steers[2]), .in_reserve(1'b0),
    .in_data(hat_stage_3_in_data), .in_valid(hat_stage_3_in_valid), .in_ready(hat_stage_3_in_ready),
    .out_data(hat_stage_3_data), .out_valid(hat_stage_3_valid), .out_ready(hat_stage_3_ready)
  );

  hat_lanes u_hat_lanes (
    .clk, .rst(steers[0]), .start(go),
    .done(hat_lanes_done),
    .words,
    .input_data, .input_valid, .input_ready,
    .hat_stage_2_data(hat_stage_2_in_data), .hat_stage_2_valid(hat_stage_2_in_valid), .hat_stage_2_ready(hat_stage_2_in_ready)
  );

  hat_words_1 u_hat_words_1 (
    .clk, .rst(steers[2]), .start(steers[3]),
    .done(hat_words_1_done),
    .words,
    .hat_stage_2_data, .hat_stage_2_valid, .hat_stage_2_ready,
    .hat_stage_3_data(hat_stage_3_in_data), .hat_stage_3_valid(hat_stage_3_in_valid), .hat_stage_3_ready(hat_stage_3_in_ready)
  );

  hat_words_2 u_hat_words_2 (
    .clk, .rst(steers[4]), .start(steers[5]),
    .done(hat_words_2_done),
    .words,
    .hat_stage_3_data, .hat_stage_3_valid, .hat_stage_3_ready,
    .output_data, .output_valid, .output_ready
  );
endmodule
