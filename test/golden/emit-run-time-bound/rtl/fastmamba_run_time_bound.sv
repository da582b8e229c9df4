// Written by fastmamba.

// Sums of squares of rows whose length is known at run time.
module fastmamba_run_time_bound (
  input  logic        clk,
  input  logic        rst,
  input  logic        start,  // one cycle; scalars and bases hold from here to the end
  output logic        done,  // high while nothing runs
  input  logic        clear,  // gives up the call; the memory goes on
  output logic [0:0]  errors,  // a bit a port: the memory has answered with an error
  output logic [0:0]  awaiting,  // a bit a port: the memory has not answered yet
  output logic [0:0]  unfinished,  // a bit a process: it runs
  input  logic [3:0]  rows,  // 0..9: rows
  input  logic [3:0]  words,  // 1..12: words a row
  input  logic [53:0] input_data,  // s9 x 2 x 3: small matrices
  input  logic        input_valid,
  output logic        input_ready,
  output logic [25:0] output_data,  // u26: a sum a row
  output logic        output_valid,
  input  logic        output_ready
);

  // A call: 1 cycles until the prologues have settled, then all processes at once.
  wire sum_squares_done;
  assign errors = {1'b0};
  assign awaiting = {1'b0};
  assign unfinished = ~{sum_squares_done};
  logic reset;  // of processes and channels, on its way
  always_ff @(posedge clk) reset <= rst | clear;
  logic [0:0] settling;
  wire go = settling[0];
  always_ff @(posedge clk)
    if (rst | clear) settling <= '0;
    else settling <= 1'({settling, start});
  logic busy;
  logic launched;
  wire ended = launched & sum_squares_done;
  always_ff @(posedge clk)
    if (rst | clear | ended) launched <= 1'b0;
    else if (go) launched <= 1'b1;
  always_ff @(posedge clk)
    if (rst | clear | ended) busy <= 1'b0;
    else if (start) busy <= 1'b1;
  assign done = ~busy;

  // u26: a sum a row
  wire [25:0] output_in_data;
  wire output_in_valid, output_in_ready, output_in_reserve;
  fifo #(.WIDTH(26), .DEPTH(7), .STORAGE("lutram"), .RESERVED(1'b1), .ID(2)) fifo_output (
    .clk, .rst(reset), .in_reserve(output_in_reserve),
    .in_data(output_in_data), .in_valid(output_in_valid), .in_ready(output_in_ready),
    .out_data(output_data), .out_valid(output_valid), .out_ready(output_ready)
  );

  sum_squares u_sum_squares (
    .clk, .rst(reset), .start(go),
    .done(sum_squares_done),
    .rows,
    .words,
    .input_data, .input_valid, .input_ready,
    .output_data(output_in_data), .output_valid(output_in_valid), .output_ready(output_in_ready), .output_reserve(output_in_reserve)
  );
endmodule
